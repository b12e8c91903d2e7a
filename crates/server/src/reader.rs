// SPDX-License-Identifier: EUPL-1.2
//! A few connections that only read, used on blocking threads.

use crate::store::{Sqlite, StoreError};
use proto::ErrorCode;
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Semaphore;

/// Reads at the same time.
const READERS: usize = 4;

/// The pool; clones share it.
#[derive(Clone)]
pub struct Readers {
    path: Arc<PathBuf>,
    idle: Arc<Mutex<Vec<Sqlite>>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    pub fn new(path: PathBuf) -> Self {
        Self { path: Arc::new(path), idle: Arc::default(), turns: Arc::new(Semaphore::new(READERS)) }
    }

    /// Runs `work` on a blocking thread with a store of its own.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`]: the database can't be opened, or the server is ending.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Sqlite) -> T + Send + 'static,
    ) -> Result<T, ErrorCode> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| ErrorCode::Unavailable)?;
        let pool = self.clone();
        let task = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let store = pool.take()?;
            let result = work(&store);
            pool.idle.lock().unwrap_or_else(PoisonError::into_inner).push(store);
            Ok::<_, StoreError>(result)
        });
        match task.await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(error)) => {
                tracing::error!(%error, "a reader could not be opened");
                Err(ErrorCode::Unavailable)
            }
            Err(_) => Err(ErrorCode::Unavailable),
        }
    }

    fn take(&self) -> Result<Sqlite, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| Sqlite::open_reader(&self.path), Ok)
    }
}
