// SPDX-License-Identifier: EUPL-1.2
//! The loop on a thread of its own.

use super::{Body, Call, Outlets, Told, pulse::Pulse};
use crate::{ClientError, profile::Profile};
use client_api::Event;
use std::{path::Path, time::Duration};
use tokio::sync::{broadcast, mpsc, watch};

/// Body of the engine's thread.
pub fn thread(
    folder: &Path,
    calls: mpsc::Receiver<Call>,
    events: broadcast::Sender<Event>,
    pulse: watch::Sender<Pulse>,
    ready: Told<()>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            let _ = ready.send(Err(ClientError::folder("start a runtime for", &e)));
            return;
        }
    };
    // Nobody listening is fine: an event is never the only place something is said.
    let outlets = Outlets { event: Box::new(move |event| drop(events.send(event))), pulse };
    match Profile::lock(folder).and_then(|profile| Body::open(profile, outlets)) {
        Ok((body, inlets)) => {
            let _ = ready.send(Ok(()));
            let last = runtime.block_on(body.run(calls, inlets));
            runtime.shutdown_timeout(Duration::from_secs(1));
            if let Some(tell) = last {
                let _ = tell.send(());
            }
        }
        Err(error) => drop(ready.send(Err(error))),
    }
}
