// SPDX-License-Identifier: EUPL-1.2
//! The loop as a task of a worker.

use super::{Body, Call, Outlets};
use crate::{ClientError, ground, profile::Profile};
use tokio::sync::mpsc;

/// Opens the store and lets the loop run until a shutdown, the last caller's end or the store's.
///
/// # Errors
/// What the store said.
pub fn start(profile: Profile, calls: mpsc::Receiver<Call>, outlets: Outlets) -> Result<(), ClientError> {
    let (body, inlets) = Body::open(profile, outlets)?;
    ground::spawn(async move {
        // The store is closed with the loop, so before this answer.
        if let Some(tell) = body.run(calls, inlets).await {
            let _ = tell.send(());
        }
    });
    Ok(())
}
