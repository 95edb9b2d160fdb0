//! The machine and the commit that a figure stands with.

use std::fs;
use std::process::Command;

/// Where and of what the figures are.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The processor's model; "unknown" where the system does not tell.
    pub cpu: String,
    /// Cores that the process may use.
    pub cores: usize,
    /// The commit, with a `+` if the tree is not as committed; "unknown" without a repository.
    pub commit: String,
}

impl Machine {
    /// This machine, and the repository around the working directory.
    pub fn here() -> Self {
        Self {
            cpu: cpu().unwrap_or_else(|| "unknown".to_owned()),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            commit: commit().unwrap_or_else(|| "unknown".to_owned()),
        }
    }

    /// The machine in one line.
    pub fn line(&self) -> String {
        format!("{} · {} cores · commit {}", self.cpu, self.cores, self.commit)
    }
}

fn cpu() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let field = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    };
    let model = field("model name")?;
    // Hosted machines hide the model; family and number still tell the generation.
    match (field("cpu family"), field("model\t")) {
        (Some(family), Some(number)) => Some(format!("{model} (family {family} model {number})")),
        _ => Some(model),
    }
}

fn commit() -> Option<String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    let commit = git(&["rev-parse", "--short", "HEAD"])?;
    let changed = git(&["status", "--porcelain", "--untracked-files=no"])?;
    Some(if changed.is_empty() { commit } else { commit + "+" })
}
