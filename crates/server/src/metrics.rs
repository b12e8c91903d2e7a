// SPDX-License-Identifier: EUPL-1.2
//! What an operator may count: sums over everybody, nothing per person, branch or address.

use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, gauge::Gauge},
    registry::Registry,
};

/// All figures of one running server.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    pub connections: Gauge,
    pub requests: Counter,
    pub batches: Counter,
    pub acts: Counter,
    pub pushes: Counter,
    pub pushes_left_out: Counter,
    pub store_failures: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut all = Self {
            registry: Registry::with_prefix("rohrpost"),
            connections: Gauge::default(),
            requests: Counter::default(),
            batches: Counter::default(),
            acts: Counter::default(),
            pushes: Counter::default(),
            pushes_left_out: Counter::default(),
            store_failures: Counter::default(),
        };
        all.registry.register("connections", "WebSockets open now", all.connections.clone());
        for (name, help, counter) in [
            ("requests", "Requests read from WebSockets", &all.requests),
            ("batches", "Transactions written", &all.batches),
            ("acts", "Acts in these transactions", &all.acts),
            ("pushes", "Pushes queued for listeners", &all.pushes),
            ("pushes_left_out", "Pushes left out because a reader was slow", &all.pushes_left_out),
            ("store_failures", "Transactions that failed", &all.store_failures),
        ] {
            all.registry.register(name, help, counter.clone());
        }
        all
    }
}

impl Metrics {
    /// OpenMetrics text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
