//! Progress on standard error: rate and time left, only where a person looks.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A progress line over bytes; silent when it is not wanted or nobody looks.
pub fn bytes(total: u64, quiet: bool) -> ProgressBar {
    bar(total, quiet, "{msg} [{bar:30}] {percent}% · {decimal_bytes_per_sec} · {eta} left")
}

/// A progress line over decisions.
pub fn decisions(total: u64, quiet: bool) -> ProgressBar {
    bar(total, quiet, "{msg} [{bar:30}] {human_pos}/{human_len} · {per_sec} · {eta} left")
}

fn bar(total: u64, quiet: bool, template: &str) -> ProgressBar {
    let target =
        if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr_with_hz(5) };
    let style = ProgressStyle::with_template(template).expect("the template is a constant");
    ProgressBar::with_draw_target(Some(total), target).with_style(style)
}
