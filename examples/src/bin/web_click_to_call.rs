//! `web_click_to_call` has phones ring from a web page: `POST /call/100` rings PJSIP/100 and says
//! how that went. While the PBX is restarted, clicks wait for it, 30 seconds at the most.
//!
//! ```text
//! AMI_SECRET=s3cret cargo run -p ami-examples --bin web_click_to_call -- 127.0.0.1:5038 127.0.0.1:8080
//! ```

use ami_tokio::{Ami, Connector, Credentials, action::Originate};
use axum::extract::{Path, State};
use axum::{Router, http::StatusCode, routing::post};
use std::error::Error;

async fn call(State(ami): State<Ami>, Path(phone): Path<String>) -> (StatusCode, String) {
    if !phone.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return (StatusCode::BAD_REQUEST, "letters and digits alone\n".into());
    }
    let call = Originate::new(format!("PJSIP/{phone}")).application("Playback").data("hello-world");
    match ami.originate(call).await {
        Ok(outcome) if outcome.is_success() => (StatusCode::OK, format!("{outcome}\n")),
        Ok(outcome) => (StatusCode::CONFLICT, format!("{outcome}\n")),
        Err(error) if error.is_safe_to_retry() => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}; click again\n")),
        Err(error) => (StatusCode::BAD_GATEWAY, format!("{error}\n")),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let [pbx, web] =
        [1, 2].map(|place| std::env::args().nth(place).ok_or("two addresses: of the PBX, and to listen on"));
    let ami = Connector::new(pbx?, Credentials::md5("admin", std::env::var("AMI_SECRET")?)).connect().await?;
    let web = tokio::net::TcpListener::bind(web?).await?;
    println!("{}", web.local_addr()?);
    let app = Router::new().route("/call/{phone}", post(call)).with_state(ami.clone());
    axum::serve(web, app).with_graceful_shutdown(async { _ = tokio::signal::ctrl_c().await }).await?;
    ami.close().await;
    Ok(())
}
