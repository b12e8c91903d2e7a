// SPDX-License-Identifier: EUPL-1.2
//! What was measured, in the units of the performance marks.

use std::{fmt, time::Duration};

pub enum Report {
    Talk { sent: u64, deliveries: u64, time: Duration, server_cpu_secs: f64, latencies_micros: Vec<u64> },
    Idle { connections: usize, before_kib: u64, after_kib: u64 },
    Rest { entries: u32, time: Duration, written_kib: u64, restarted_kib: u64 },
}

/// By deliveries in a second.
pub fn middle(mut reports: Vec<Report>) -> Option<Report> {
    let rate = |report: &Report| match report {
        Report::Talk { deliveries, time, .. } => *deliveries as f64 / time.as_secs_f64(),
        Report::Idle { .. } | Report::Rest { .. } => 0.0,
    };
    reports.sort_by(|a, b| rate(a).total_cmp(&rate(b)));
    let middle = reports.len() / 2;
    reports.into_iter().nth(middle)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Talk { sent, deliveries, time, server_cpu_secs, latencies_micros } => {
                let per_second = *deliveries as f64 / time.as_secs_f64();
                let per_million = server_cpu_secs * 1e6 / (*deliveries as f64).max(1.0);
                writeln!(
                    f,
                    "sent {sent}, delivered {deliveries} in {:.1} s: {per_second:.0} deliveries/s",
                    time.as_secs_f64()
                )?;
                writeln!(f, "server CPU {server_cpu_secs:.2} s: {per_million:.1} s per million deliveries")?;
                let mut sorted = latencies_micros.clone();
                sorted.sort_unstable();
                let at =
                    |share: f64| sorted.get((sorted.len() as f64 * share) as usize).copied().unwrap_or(0) as f64 / 1e3;
                write!(f, "send to delivery: p50 {:.1} ms, p99 {:.1} ms", at(0.5), at(0.99))
            }
            Self::Rest { entries, time, written_kib, restarted_kib } => write!(
                f,
                "{entries} entries stored in {:.1} s: {written_kib} KiB resident, {restarted_kib} KiB after a restart",
                time.as_secs_f64()
            ),
            Self::Idle { connections, before_kib, after_kib } => {
                let each = after_kib.saturating_sub(*before_kib) as f64 / *connections as f64;
                write!(
                    f,
                    "{connections} idle connections with one open branch: {before_kib} → {after_kib} KiB, {each:.2} KiB each"
                )
            }
        }
    }
}
