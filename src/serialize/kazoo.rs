//! Values of Kazoo's documents. The documents themselves go out as they came, see
//! [`kazoo`](crate::kazoo).

use serde::{Serialize, Serializer};

use crate::kazoo::{Happening, JoinTime};

/// Kazoo's word.
impl Serialize for Happening<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Seconds since the year 0, as Kazoo has them.
impl Serialize for JoinTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.gregorian())
    }
}
