//! Invariant: any bytes as an answer, a challenge or contact information of sipXecs: a reply is
//! what stands in its wrapper, a challenge is answered with just its values in a header that no
//! text gets out of, fields lie side by side.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::sipxecs::sipxecs(data));
