// SPDX-License-Identifier: EUPL-1.2
//! Public keys and signatures in their one wire form: fixed length, uncompressed points, raw r‖s.

use crate::id::bytes_type;
use std::fmt;

bytes_type!(
    /// P-256 public key, SEC 1 uncompressed (0x04 ‖ x ‖ y).
    PublicKey, 65
);
bytes_type!(
    /// P-384 public key of an authority's root, SEC 1 uncompressed.
    RootPublicKey, 97
);
bytes_type!(
    /// ECDSA P-256 / SHA-256, r‖s big-endian (deterministic, RFC 6979).
    Signature, 64
);
bytes_type!(
    /// ECDSA P-384 / SHA-384, r‖s big-endian.
    RootSignature, 96
);
