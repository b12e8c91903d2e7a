// SPDX-License-Identifier: EUPL-1.2
//! Small files in the folder the browser keeps for this site (the origin private file system).

use crate::ground;
use client_api::port::PortError;
use js_sys::{AsyncIterator, IteratorNext, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    File, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions, FileSystemGetFileOptions,
    FileSystemRemoveOptions, FileSystemSyncAccessHandle,
};

/// What the browser said, as the page may hear it.
pub fn failed(error: &JsValue) -> PortError {
    let property = |name: &str| Reflect::get(error, &name.into()).ok().and_then(|value| value.as_string());
    match property("name").unwrap_or_default().as_str() {
        "QuotaExceededError" => PortError::StorageFull,
        "SecurityError" | "NotAllowedError" => PortError::Unsupported("storage for sites".into()),
        name => PortError::Store(format!("{name}: {}", property("message").unwrap_or_default())),
    }
}

async fn wait<T: JsCast>(promise: Promise) -> Result<T, JsValue> {
    JsFuture::from(promise).await.map(JsCast::unchecked_into)
}

fn is_missing(error: &JsValue) -> bool {
    Reflect::get(error, &"name".into()).is_ok_and(|name| name == "NotFoundError")
}

/// A folder, and what is in it.
#[derive(Clone)]
pub struct Folder(FileSystemDirectoryHandle);

impl Folder {
    /// The site's own.
    ///
    /// # Errors
    /// [`PortError::Unsupported`]: the browser has no such storage, or not in this window.
    pub async fn root() -> Result<Self, PortError> {
        let storage = ground::scope().navigator().storage();
        let is_there = Reflect::get(storage.as_ref(), &"getDirectory".into()).is_ok_and(|f| f.is_function());
        if !is_there {
            return Err(PortError::Unsupported("storage for sites".into()));
        }
        wait(storage.get_directory()).await.map(Self).map_err(|error| failed(&error))
    }

    /// A folder in this one, made if needed.
    pub async fn make(&self, name: &str) -> Result<Self, PortError> {
        let options = FileSystemGetDirectoryOptions::new();
        options.set_create(true);
        wait(self.0.get_directory_handle_with_options(name, &options)).await.map(Self).map_err(|error| failed(&error))
    }

    pub async fn find(&self, name: &str) -> Result<Option<Self>, PortError> {
        match wait(self.0.get_directory_handle(name)).await {
            Ok(handle) => Ok(Some(Self(handle))),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    /// Names of everything in it, in order.
    pub async fn names(&self) -> Result<Vec<String>, PortError> {
        let keys: AsyncIterator = self.0.keys();
        let mut names = Vec::new();
        loop {
            let step: IteratorNext =
                wait(keys.next().map_err(|error| failed(&error))?).await.map_err(|error| failed(&error))?;
            if step.done() {
                names.sort_unstable();
                return Ok(names);
            }
            names.extend(step.value().as_string());
        }
    }

    /// Removes a file, or a folder with everything in it; it is fine if there is none.
    pub async fn remove(&self, name: &str) -> Result<(), PortError> {
        let options = FileSystemRemoveOptions::new();
        options.set_recursive(true);
        match wait::<JsValue>(self.0.remove_entry_with_options(name, &options)).await {
            Err(error) if !is_missing(&error) => Err(failed(&error)),
            _ => Ok(()),
        }
    }

    /// `None`: no such file.
    pub async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, PortError> {
        let handle: FileSystemFileHandle = match wait(self.0.get_file_handle(name)).await {
            Ok(handle) => handle,
            Err(error) if is_missing(&error) => return Ok(None),
            Err(error) => return Err(failed(&error)),
        };
        let file: File = wait(handle.get_file()).await.map_err(|error| failed(&error))?;
        let bytes: JsValue = wait(file.array_buffer()).await.map_err(|error| failed(&error))?;
        Ok(Some(Uint8Array::new(&bytes).to_vec()))
    }

    /// Durable when it returns. Not whole by itself: who reads must know a torn file.
    pub async fn write(&self, name: &str, bytes: &[u8]) -> Result<(), PortError> {
        self.try_write(name, bytes).await.map_err(|error| failed(&error))
    }

    async fn try_write(&self, name: &str, bytes: &[u8]) -> Result<(), JsValue> {
        let options = FileSystemGetFileOptions::new();
        options.set_create(true);
        let handle: FileSystemFileHandle = wait(self.0.get_file_handle_with_options(name, &options)).await?;
        let file: FileSystemSyncAccessHandle = wait(handle.create_sync_access_handle()).await?;
        let written =
            file.truncate_with_u32(0).and_then(|()| file.write_with_u8_array(bytes)).and_then(|_| file.flush());
        file.close();
        written
    }
}
