// SPDX-License-Identifier: EUPL-1.2
//! Accounts of this browser: a folder each, with the device's secrets, what it began with, and its file pool.

use super::opfs::{Folder, failed};
use crate::{ground, profile::Profile};
use client_api::{
    Link,
    port::{AccountKey, PortError},
};
use engine::crypto::Secret;
use sha2::{Digest, Sha256};
use sqlite_wasm_rs::WasmOsCallback;
use sqlite_wasm_vfs::sahpool::{OpfsSAHError, OpfsSAHPoolCfgBuilder, OpfsSAHPoolUtil, install};
use std::time::Duration;

const ROOT: &str = "rohrpost";
const KEY: &str = "device.key";
const SALT: &str = "device.salt";
/// SHA-256 of the invitation link the account began with.
const LINK: &str = "link";
/// CBOR: person's name, authority's name.
const LABEL: &str = "label";
const POOL: &str = "pool";
/// Two databases, their journals, and two to spare.
const POOL_FILES: usize = 6;
/// The files of a tab that has just ended are free only a moment after its lock is.
const POOL_TRIES: u32 = 20;
const POOL_PAUSE: Duration = Duration::from_millis(100);

/// Person's and authority's name.
pub type Label = (String, String);

/// One account's folder.
pub struct Account {
    pub key: AccountKey,
    folder: Folder,
}

/// Opened: what the engine needs, and what has to be given back.
pub struct Opening {
    pub profile: Profile,
    pub pool: OpfsSAHPoolUtil,
}

async fn root() -> Result<Folder, PortError> {
    Folder::root().await?.make(ROOT).await
}

fn is_key(name: &str) -> bool {
    name.len() == 16 && name.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// All that are whole, by key.
pub async fn list() -> Result<Vec<Account>, PortError> {
    let root = root().await?;
    let mut accounts = Vec::new();
    for name in root.names().await? {
        accounts.extend(find_in(&root, &AccountKey(name)).await?);
    }
    Ok(accounts)
}

pub async fn find(key: &AccountKey) -> Result<Option<Account>, PortError> {
    find_in(&root().await?, key).await
}

async fn find_in(root: &Folder, key: &AccountKey) -> Result<Option<Account>, PortError> {
    if !is_key(&key.0) {
        return Ok(None);
    }
    let Some(folder) = root.find(&key.0).await? else { return Ok(None) };
    let account = Account { key: key.clone(), folder };
    Ok(account.secrets().await?.is_some().then_some(account))
}

/// The account this link began, if there is one. Only while no other tab begins one, see [`super::lock`].
pub async fn find_by_link(link: &Link) -> Result<Option<Account>, PortError> {
    let hash = hash(link);
    for account in list().await? {
        if account.folder.read(LINK).await?.as_deref() == Some(&hash) {
            return Ok(Some(account));
        }
    }
    Ok(None)
}

fn hash(link: &Link) -> [u8; 32] {
    Sha256::digest(&link.0).into()
}

/// A new, empty one. What an earlier beginning left half done is removed. Only while no other tab begins one.
pub async fn begin(link: Option<&Link>) -> Result<Account, PortError> {
    let (root, luck) = (root().await?, ground::luck());
    for name in root.names().await? {
        if find_in(&root, &AccountKey(name.clone())).await?.is_none() {
            root.remove(&name).await?;
        }
    }
    let key = AccountKey(format!("{:016x}", u64::from_le_bytes(luck.bytes())));
    let folder = root.make(&key.0).await?;
    if let Some(link) = link {
        folder.write(LINK, &hash(link)).await?;
    }
    folder.write(SALT, &luck.bytes::<16>()).await?;
    // the last one makes it whole
    folder.write(KEY, &luck.bytes::<32>()).await?;
    Ok(Account { key, folder })
}

/// Removes an account with everything in it; its pool must be closed.
pub async fn remove(key: &AccountKey) -> Result<(), PortError> {
    root().await?.remove(&key.0).await
}

impl Account {
    /// `None`: it was not begun to the end.
    async fn secrets(&self) -> Result<Option<(Secret, [u8; 16])>, PortError> {
        let key = self.folder.read(KEY).await?.and_then(|bytes| Secret::from_slice(&bytes));
        let salt = self.folder.read(SALT).await?.and_then(|bytes| bytes.try_into().ok());
        Ok(key.zip(salt))
    }

    pub async fn label(&self) -> Option<Label> {
        minicbor::decode(&self.folder.read(LABEL).await.ok()??).ok()
    }

    pub async fn write_label(&self, label: &Label) -> Result<(), PortError> {
        let bytes = minicbor::to_vec(label).map_err(|error| PortError::Store(error.to_string()))?;
        self.folder.write(LABEL, &bytes).await
    }

    /// Takes the pool's files; the account's lock must be held.
    pub async fn open(&self) -> Result<Opening, PortError> {
        let missing = || PortError::Store("the account's key file is missing or damaged".into());
        let (secret, salt) = self.secrets().await?.ok_or_else(missing)?;
        let profile = Profile { pool: format!("rohrpost-{}", self.key.0), secret, salt };
        let mut tries = 0;
        loop {
            match self.open_pool(&profile.pool).await {
                Ok(pool) => return Ok(Opening { profile, pool }),
                Err(error) if tries < POOL_TRIES && is_busy(&error) => {
                    tries += 1;
                    ground::sleep(POOL_PAUSE).await;
                }
                Err(error) => return Err(pool_failed(&error)),
            }
        }
    }

    async fn open_pool(&self, name: &str) -> Result<OpfsSAHPoolUtil, OpfsSAHError> {
        let settings = OpfsSAHPoolCfgBuilder::new()
            .vfs_name(name)
            .directory(&format!("{ROOT}/{}/{POOL}", self.key.0))
            .initial_capacity(POOL_FILES)
            .build();
        let pool = install::<WasmOsCallback>(&settings, false).await?;
        pool.resume().await?;
        pool.ensure_capacity(POOL_FILES).await?;
        Ok(pool)
    }
}

fn is_busy(error: &OpfsSAHError) -> bool {
    matches!(error, OpfsSAHError::Opfs { message, .. } if message.starts_with("NoModificationAllowedError"))
}

/// As the page may hear it.
pub fn pool_failed(error: &OpfsSAHError) -> PortError {
    match error {
        OpfsSAHError::Opfs { value, .. } => failed(value),
        OpfsSAHError::NotSupported => PortError::Unsupported("storage for sites".into()),
        error => PortError::Store(error.to_string()),
    }
}
