//! Takes the addresses of security events apart.

use super::bytes::{decimal, split_first, split_last};
use super::open::open_bytes;
use core::net::{IpAddr, SocketAddr};

open_bytes! {
    /// Family, transport, host and port: `IPV4/TCP/127.0.0.1/5038`.
    ///
    /// Takes any bytes; `LocalAddress` and `RemoteAddress` of security events have it (Asterisk
    /// `main/security_events.c`).
    ///
    /// ```
    /// use ami_proto::value::SecurityAddress;
    ///
    /// let address = SecurityAddress::from("IPV6/TLS/::1/5039");
    /// assert_eq!((address.family(), address.transport()), (Some(&b"IPV6"[..]), Some(&b"TLS"[..])));
    /// assert_eq!(address.socket(), "[::1]:5039".parse().ok());
    /// ```
    SecurityAddress
}

impl<'a> SecurityAddress<'a> {
    /// `IPV4` or `IPV6`.
    #[must_use]
    #[inline]
    pub fn family(self) -> Option<&'a [u8]> {
        let [family, ..] = self.parts()?;
        Some(family)
    }

    /// `UDP`, `TCP`, `TLS`, `WS` or `WSS`.
    #[must_use]
    #[inline]
    pub fn transport(self) -> Option<&'a [u8]> {
        let [_, transport, ..] = self.parts()?;
        Some(transport)
    }

    /// The host as it came.
    #[must_use]
    #[inline]
    pub fn host(self) -> Option<&'a [u8]> {
        let [_, _, host, _] = self.parts()?;
        Some(host)
    }

    /// The port, when it is a number of 16 bits.
    #[must_use]
    #[inline]
    pub fn port(self) -> Option<u16> {
        let [.., port] = self.parts()?;
        u16::try_from(decimal(port)?).ok()
    }

    /// The host as an address; a zone (`%eth0`) doesn't count.
    #[must_use]
    #[inline]
    pub fn ip(self) -> Option<IpAddr> {
        let host = self.host()?;
        let host = split_first(host, b'%').map_or(host, |(address, _)| address);
        core::str::from_utf8(host).ok()?.parse().ok()
    }

    /// Host and port as a socket address.
    #[must_use]
    #[inline]
    pub fn socket(self) -> Option<SocketAddr> {
        Some(SocketAddr::new(self.ip()?, self.port()?))
    }

    fn parts(self) -> Option<[&'a [u8]; 4]> {
        let (family, rest) = split_first(self.0, b'/')?;
        let (transport, rest) = split_first(rest, b'/')?;
        let (host, port) = split_last(rest, b'/')?;
        Some([family, transport, host, port])
    }
}
