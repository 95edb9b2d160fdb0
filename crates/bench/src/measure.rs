//! A child process measured: time on the wall, time on the processor, memory at its peak.

use std::fs;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Outcome;

/// How often the child is looked at. What it takes from the child is far below a thousandth.
const LOOK: Duration = Duration::from_millis(5);

/// Clock ticks in a second, as the kernel counts a process's time for others.
const TICKS: f64 = 100.0;

/// What a child process took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Seconds from start to end.
    pub wall: f64,
    /// Seconds on the processor, its own and the kernel's, all threads; `None` where the system
    /// does not tell, or below its tick.
    pub cpu: Option<f64>,
    /// The most memory it held, in bytes; `None` where the system does not tell.
    pub peak: Option<u64>,
}

/// Runs a command to its end. What it prints on standard output is dropped.
pub fn child(command: &mut Command) -> Outcome<Cost> {
    let begun = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let mut cost = Cost::default();
    let status = watch(&mut child, &mut cost)?;
    cost.wall = begun.elapsed().as_secs_f64();
    if status.success() { Ok(cost) } else { Err(format!("{command:?} failed: {status}").into()) }
}

/// Looks at the child until it has ended. One that has ended is looked at once more before it is
/// collected: its times are complete then.
fn watch(child: &mut Child, cost: &mut Cost) -> Outcome<ExitStatus> {
    loop {
        let process = format!("/proc/{}", child.id());
        if let Ok(status) = fs::read_to_string(format!("{process}/status")) {
            cost.peak = peak(&status).or(cost.peak);
        }
        match fs::read_to_string(format!("{process}/stat")).ok().as_deref().and_then(times) {
            Some((state, seconds)) => {
                cost.cpu = Some(seconds).filter(|seconds| *seconds > 0.0);
                if state == 'Z' {
                    return Ok(child.wait()?);
                }
            }
            // Not this system's way: only its end is seen.
            None => {
                if let Some(status) = child.try_wait()? {
                    return Ok(status);
                }
            }
        }
        thread::sleep(LOOK);
    }
}

/// The high-water mark of resident memory, in bytes.
fn peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// State and processor seconds from a line of `/proc/PID/stat`. The name before them stands in
/// parentheses and may hold anything.
fn times(stat: &str) -> Option<(char, f64)> {
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok());
    let state = fields.first()?.chars().next()?;
    Some((state, (ticks(11)? + ticks(12)?) / TICKS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_line_gives_state_and_seconds() {
        let line = "7 (a) b) Z 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0 1 0 5";
        assert_eq!(times(line), Some(('Z', 2.0)));
        assert_eq!(times("nonsense"), None);
    }

    #[test]
    fn the_peak_is_in_bytes() {
        assert_eq!(peak("Name:\tx\nVmHWM:\t  2048 kB\n"), Some(2 << 20));
        assert_eq!(peak("Name:\tx\n"), None);
    }
}
