// SPDX-License-Identifier: EUPL-1.2
//! The certificates in a leaf, as a forward carries them.

use super::{Group, GroupError};

impl Group {
    /// [device, user, issuer], DER, of a member.
    ///
    /// # Errors
    /// [`GroupError::NoSuchLeaf`].
    pub fn chain(&self, leaf: u32) -> Result<Vec<Vec<u8>>, GroupError> {
        let member = self.library.member_at_index(leaf).ok_or(GroupError::NoSuchLeaf)?;
        let chain = member.signing_identity.credential.as_x509().ok_or(GroupError::NoSuchLeaf)?;
        Ok(chain.iter().map(|cert| cert.as_ref().to_vec()).collect())
    }
}
