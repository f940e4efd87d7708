//! `originate_script` has one phone ring, prints how that went, and ends with 0 if it was answered:
//! for a cron job or a shell. It makes one attempt; while the PBX is restarted it fails.
//!
//! ```text
//! AMI_SECRET=s3cret cargo run -p ami-examples --bin originate_script -- 127.0.0.1:5038 PJSIP/100
//! ```

use ami_blocking::{Credentials, action::Originate};
use std::{error::Error, process::ExitCode, time::Duration};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let [pbx, phone] = [1, 2].map(|place| std::env::args().nth(place).ok_or("an address, and a channel to call"));
    let ami = ami_blocking::connect(pbx?, Credentials::md5("admin", std::env::var("AMI_SECRET")?))?;
    let call = Originate::new(phone?).application("Playback").data("hello-world");
    let outcome = ami.within(Duration::from_mins(1)).originate(call)?;
    println!("{}", outcome.to_string().escape_debug());
    ami.close();
    Ok(if outcome.is_success() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}
