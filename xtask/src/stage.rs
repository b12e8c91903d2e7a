// SPDX-License-Identifier: EUPL-1.2
//! Stages of a long chore: all are run, all are timed, the table comes last.

use anyhow::{Result, bail};
use std::time::{Duration, Instant};

/// What became of one stage.
struct Done {
    name: &'static str,
    took: Duration,
    passed: bool,
}

/// The stages run so far.
#[derive(Default)]
pub struct Stages {
    done: Vec<Done>,
}

impl Stages {
    /// Runs one stage; a failure is shown at once and remembered for [`Self::finish`].
    pub fn run(&mut self, name: &'static str, stage: impl FnOnce() -> Result<()>) {
        println!("\n== {name}");
        let start = Instant::now();
        let result = stage();
        if let Err(error) = &result {
            eprintln!("{name}: {error:#}");
        }
        self.done.push(Done { name, took: start.elapsed(), passed: result.is_ok() });
    }

    /// Prints the table.
    ///
    /// # Errors
    /// Names the stages that failed.
    pub fn finish(self) -> Result<()> {
        println!("\n{}", self.table());
        let failed: Vec<&str> = self.done.iter().filter(|done| !done.passed).map(|done| done.name).collect();
        if !failed.is_empty() {
            bail!("failed: {}", failed.join(", "));
        }
        Ok(())
    }

    fn table(&self) -> String {
        let mut lines = vec![format!("{:<28} {:>8}  result", "stage", "seconds")];
        for done in &self.done {
            let result = if done.passed { "ok" } else { "FAILED" };
            lines.push(format!("{:<28} {:>8.1}  {result}", done.name, done.took.as_secs_f64()));
        }
        let total: Duration = self.done.iter().map(|done| done.took).sum();
        lines.push(format!("{:<28} {:>8.1}", "total", total.as_secs_f64()));
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::Stages;
    use anyhow::bail;

    #[test]
    fn one_failed_stage_fails_the_whole_but_the_others_still_run() {
        let mut stages = Stages::default();
        let mut ran = false;
        stages.run("first", || bail!("broken"));
        stages.run("second", || {
            ran = true;
            Ok(())
        });
        assert!(stages.table().contains("FAILED"));
        assert_eq!(stages.finish().expect_err("the first stage failed").to_string(), "failed: first");
        assert!(ran);
    }
}
