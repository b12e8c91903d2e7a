// SPDX-License-Identifier: EUPL-1.2
//! Randomness that is handed in: the operating system's in the product, a seed in the simulator.

use rand_core::{TryCryptoRng, TryRng};
use std::{
    convert::Infallible,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// A source of random bytes, e.g. the operating system.
pub trait LuckSource: Send {
    /// Fills `out` whole. A source that can fail must end the process rather than return weak bytes.
    fn fill(&mut self, out: &mut [u8]);
}

/// The engine's handle to its one source; clones draw from the same stream.
#[derive(Clone)]
pub struct Luck(Arc<Mutex<dyn LuckSource>>);

impl fmt::Debug for Luck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Luck(…)")
    }
}

impl Luck {
    pub fn new(source: impl LuckSource + 'static) -> Self {
        Self(Arc::new(Mutex::new(source)))
    }

    pub fn fill(&self, out: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill(out);
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }
}

impl TryRng for Luck {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.bytes()))
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.bytes()))
    }
    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.fill(out);
        Ok(())
    }
}
impl TryCryptoRng for Luck {}

/// A seeded source for tests and the simulator.
#[cfg(any(test, feature = "testkit"))]
pub mod seeded {
    use super::{Luck, LuckSource};
    use rand_chacha::ChaCha8Rng;
    use rand_core::{Rng, SeedableRng};

    struct Seeded(ChaCha8Rng);
    impl LuckSource for Seeded {
        fn fill(&mut self, out: &mut [u8]) {
            self.0.fill_bytes(out);
        }
    }

    /// The same seed gives the same stream.
    pub fn luck(seed: u64) -> Luck {
        Luck::new(Seeded(ChaCha8Rng::seed_from_u64(seed)))
    }
}
