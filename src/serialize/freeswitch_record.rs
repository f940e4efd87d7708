//! Records of FreeSWITCH's conferences that have ended.

use alloc::vec::Vec;
use serde::Serializer;

use super::freeswitch::Pairs;
use super::{As, Secretive, Secrets, masked, object};
use crate::freeswitch::record::{Attempt, Caller, Member, Record};

masked! { Record, Member, Attempt, Caller, }

impl Secretive for Record {
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, "Record", {
            "name": self.name,
            "hostname": self.hostname,
            "rate": self.rate,
            "interval": self.interval,
            "start": self.start,
            "end": self.end,
            "was_forced": self.was_forced,
            "members": self.members.iter().map(|member| As(member, secrets)).collect::<Vec<_>>(),
            "rejected": self.rejected.iter().map(|attempt| As(attempt, secrets)).collect::<Vec<_>>(),
        })
    }
}

impl Secretive for Member {
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, "Member", {
            "file": self.file,
            "join": self.join,
            "leave": self.leave,
            "flags": self.flags,
            "caller": As(&self.caller, secrets),
        })
    }
}

impl Secretive for Attempt {
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, "Attempt", {
            "reason": self.reason,
            "time": self.time,
            "caller": As(&self.caller, secrets),
        })
    }
}

impl Secretive for Caller {
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, "Caller", { "fields": Pairs(&self.fields, secrets), })
    }
}
