//! Tells by a peer's first bytes which service it is, where it is not the one that was looked for.

use crate::error::Service;

/// Returns the service whose first bytes these are, once there are enough of them.
pub(crate) fn named(first: &[u8]) -> Option<Service> {
    const BEGINNINGS: [(&[u8], Service); 10] = [
        (b"SSH-", Service::Ssh),
        (b"HTTP/", Service::Http),
        // An alert, and a handshake.
        (b"\x15\x03", Service::Tls),
        (b"\x16\x03", Service::Tls),
        (b"220 ", Service::Mail),
        (b"220-", Service::Mail),
        (b"+OK", Service::Mail),
        (b"SIP/2.0", Service::Sip),
        (b"Content-Type: auth/request", Service::FreeSwitch),
        (b"Asterisk Call Manager", Service::Manager),
    ];
    BEGINNINGS.iter().find(|(beginning, _)| first.starts_with(beginning)).map(|(_, service)| *service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_known_by_its_first_bytes() {
        assert_eq!(named(b"SSH-2.0-OpenSSH_9.6\r\n"), Some(Service::Ssh));
        assert_eq!(named(b"\x15\x03\x01\x00\x02\x02\x46"), Some(Service::Tls));
        assert_eq!(named(b"Asterisk Call Manager/11.0.0\r\n"), Some(Service::Manager));
        for unknown in [&b""[..], b"SS", b"Hello\r\n", b"2200\r\n", b"Content-Type: text/plain\n"] {
            assert_eq!(named(unknown), None);
        }
    }
}
