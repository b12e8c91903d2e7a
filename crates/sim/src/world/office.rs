// SPDX-License-Identifier: EUPL-1.2
//! The server's place in the world: started, crashed, swept, with bugs planted if wished.

use super::{ORIGIN, Person, World, store};
use proto::RecoveryId;
use server::{
    Service, ServiceConfig,
    blob::{BlobBytes, MemoryBytes},
    domain::Limits,
};
use std::collections::BTreeSet;

pub use server::testkit::Defect as ServerDefect;

pub(crate) struct Office {
    pub service: Option<Service>,
    recovery: RecoveryId,
    pub defects: BTreeSet<ServerDefect>,
    /// When it last forgot what had expired.
    pub swept_at: u64,
}

impl Office {
    pub fn new(recovery: RecoveryId, now_millis: u64) -> Self {
        let db = engine::db::Connection::open_in_memory().expect("memory is there");
        let mut office = Self { service: None, recovery, defects: BTreeSet::new(), swept_at: now_millis };
        office.open(db, Box::new(MemoryBytes::default()));
        office
    }

    fn open(&mut self, db: engine::db::Connection, bytes: Box<dyn BlobBytes>) {
        let config = ServiceConfig { origins: vec![ORIGIN.into()], limits: Limits::default(), setup_code: None };
        let mut service = Service::open(db, self.recovery, bytes, config).expect("the database opens");
        self.defects.iter().for_each(|defect| service.plant(*defect));
        self.service = Some(service);
    }

    pub fn service(&mut self) -> &mut Service {
        self.service.as_mut().expect("the server runs")
    }

    /// Ends without warning and starts again with what is on its disk.
    pub fn restart(&mut self) {
        let (db, bytes) = self.service.take().expect("the server runs").crash();
        self.open(db, bytes);
    }
}

impl World {
    /// The server ends without warning and starts again; every connection breaks.
    pub fn crash_server(&mut self) {
        for person in (0..self.seats.len()).map(Person) {
            self.disconnect(person);
        }
        // a new server numbers its connections anew: nothing of the old ones may be taken for theirs
        self.parcels.clear();
        self.office.restart();
    }

    /// The server forgets what has expired by its clock.
    pub fn sweep(&mut self) {
        self.office.swept_at = self.now.0;
        let now = self.now.0;
        self.office.service().maintain(now).expect("the server's store works");
    }

    /// Plants a bug into the server, for good.
    pub fn plant_in_server(&mut self, defect: ServerDefect) {
        self.office.defects.insert(defect);
        self.office.service().plant(defect);
    }

    /// Name, rows and bytes of every table of the server.
    pub fn server_tables(&mut self) -> Vec<(String, u64, u64)> {
        store::table_sizes(self.office.service().store().connection())
    }

    /// Every letter, key package and entry the server holds, with the inbox or log it lies in.
    pub fn server_ciphertexts(&mut self) -> Vec<(String, Vec<u8>)> {
        store::ciphertexts(self.office.service().store().connection())
    }
}
