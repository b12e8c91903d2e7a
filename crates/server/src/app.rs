// SPDX-License-Identifier: EUPL-1.2
//! Starting and ending the server: data folder, writer, readers, listener, maintenance.

use crate::store::Connection;
use crate::{
    blob::{BlobBytes, BytesError},
    clock::{now_millis, random},
    config::Config,
    folder::{Folder, hex},
    http::{App, page::Pages, router, serve::serve},
    metrics::Metrics,
    reader::Readers,
    store::{Sqlite, StoreError},
    tls::{self, TlsError},
    writer::{self, SharedBoard, Writer},
};
use proto::RecoveryId;
use std::{
    fs::{self, File},
    io::{self, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};
use tokio::{
    net::TcpListener,
    sync::{mpsc, watch},
    task::JoinHandle as Task,
};

/// Between two rounds of forgetting.
const SWEEP_EVERY: Duration = Duration::from_secs(3600);
/// Connections get this long to end.
const END_WITHIN: Duration = Duration::from_secs(5);

/// Why the server can't start or a chore can't be done.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    #[error("{0} is in use by another rohrpost-server")]
    InUse(PathBuf),
    #[error("can't listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    #[error("no randomness from the operating system: {0}")]
    Luck(io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Bytes(#[from] BytesError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("{0}")]
    Chore(String),
}

/// Where things lie in a data folder.
#[derive(Clone, Debug)]
pub struct Data {
    root: PathBuf,
}

impl Data {
    /// # Errors
    /// The folder can't be created.
    pub fn open(root: &Path) -> Result<Self, AppError> {
        fs::create_dir_all(root).map_err(|error| AppError::File(root.to_owned(), error))?;
        Ok(Self { root: root.to_owned() })
    }
    pub fn database(&self) -> PathBuf {
        self.root.join("rohrpost.db")
    }
    pub fn blobs(&self) -> PathBuf {
        self.root.join("blobs")
    }
    pub fn setup_code(&self) -> PathBuf {
        self.root.join("setup-code")
    }

    /// One server per folder: held until the file is dropped, also by a crash.
    ///
    /// # Errors
    /// [`AppError::InUse`].
    pub fn lock(&self) -> Result<File, AppError> {
        let path = self.root.join("lock");
        let file = File::create(&path).map_err(|error| AppError::File(path, error))?;
        file.try_lock().map_err(|_| AppError::InUse(self.root.clone()))?;
        Ok(file)
    }
}

/// A running server.
pub struct Running {
    pub address: SocketAddr,
    pub is_tls: bool,
    /// Printed to the operator while no authority has moved in.
    pub setup_code: Option<String>,
    end: watch::Sender<bool>,
    alive: mpsc::Receiver<()>,
    serving: Task<io::Result<()>>,
    sweeping: Task<()>,
    writer: JoinHandle<()>,
    _lock: File,
}

/// Opens the data folder and serves until [`Running::end`].
///
/// # Errors
/// [`AppError`] says what an operator has to mend.
pub async fn start(config: &Config) -> Result<Running, AppError> {
    let data = Data::open(&config.data)?;
    let lock = data.lock()?;
    let tls = config.tls.as_ref().map(tls::load).transpose()?;
    let listener = TcpListener::bind(config.listen).await.map_err(|error| AppError::Listen(config.listen, error))?;
    let address = listener.local_addr().map_err(|error| AppError::Listen(config.listen, error))?;
    let db = Connection::open(data.database()).map_err(StoreError::from)?;
    let mut store = Sqlite::open(db, RecoveryId(random().map_err(AppError::Luck)?))?;
    let setup_code = setup_code(&data, &store)?;
    store.set_setup_code(setup_code.clone());
    let recovery = store.recovery()?;
    let (board, metrics) = (Arc::new(SharedBoard::default()), Arc::new(Metrics::default()));
    let (writer, thread) = writer::start(store, Arc::clone(&board), Arc::clone(&metrics), data.setup_code())
        .map_err(|error| AppError::File(data.database(), error))?;
    let folder = Folder::open(&data.blobs())?;
    let (end, ending) = watch::channel(false);
    let (alive_sender, alive) = mpsc::channel(1);
    let app = Arc::new(App {
        origins: config.origins(address).into(),
        trusts_first: address.ip().is_loopback() && !config.behind_proxy,
        shows_metrics: config.metrics,
        is_https: config.is_https(),
        pages: Pages::new(config.web_folder.clone()),
        limits: config.limits,
        recovery,
        board,
        writer: writer.clone(),
        readers: Readers::new(data.database()),
        folder: folder.clone(),
        metrics,
        next_connection: 1.into(),
        ending: ending.clone(),
        alive: alive_sender,
    });
    let serving = tokio::spawn(serve(listener, tls.clone(), router(app), ending.clone()));
    let sweeping = tokio::spawn(sweep(writer, folder, ending));
    Ok(Running {
        address,
        is_tls: tls.is_some(),
        setup_code,
        end,
        alive,
        serving,
        sweeping,
        writer: thread,
        _lock: lock,
    })
}

async fn sweep(writer: Writer, folder: Folder, mut ending: watch::Receiver<bool>) {
    loop {
        loop {
            match writer.sweep().await {
                Ok(swept) => {
                    let mut folder = folder.clone();
                    let forget = move || swept.blobs.iter().try_for_each(|blob| folder.delete(blob));
                    if !matches!(tokio::task::spawn_blocking(forget).await, Ok(Ok(()))) {
                        tracing::warn!("bytes of expired blobs could not be deleted; `check` names them");
                    }
                    if !swept.more {
                        break;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "forgetting what has expired failed, trying again in an hour");
                    break;
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP_EVERY) => {}
            _ = ending.changed() => return,
        }
    }
}

/// The code in force: the file's, or a new one while the server is empty.
fn setup_code(data: &Data, store: &Sqlite) -> Result<Option<String>, AppError> {
    let path = data.setup_code();
    let failed = |error| AppError::File(data.setup_code(), error);
    match fs::read_to_string(&path) {
        Ok(code) if store.is_empty()? => return Ok(Some(code.trim().to_owned())),
        Ok(_) => {
            fs::remove_file(&path).map_err(failed)?; // used just before a crash
            return Ok(None);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    if !store.is_empty()? {
        return Ok(None);
    }
    let code = hex(&random::<16>().map_err(AppError::Luck)?);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path).map_err(failed)?;
    file.write_all(code.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    Ok(Some(code))
}

impl Running {
    /// Takes no more connections, closes those that are open, writes what waits, closes the database.
    ///
    /// # Errors
    /// The listener had failed.
    pub async fn end(mut self) -> io::Result<()> {
        let started = now_millis();
        let _ = self.end.send(true);
        let closed = async { while self.alive.recv().await.is_some() {} };
        if tokio::time::timeout(END_WITHIN, closed).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
        let served = match tokio::time::timeout(END_WITHIN, &mut self.serving).await {
            Ok(served) => served.unwrap_or(Ok(())),
            Err(_) => {
                self.serving.abort();
                Ok(())
            }
        };
        let _ = self.sweeping.await;
        let writer = self.writer;
        let _ = tokio::task::spawn_blocking(move || writer.join()).await;
        tracing::info!(millis = now_millis().saturating_sub(started), "ended");
        served
    }
}
