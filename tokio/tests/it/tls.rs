//! TLS by rustls, with a certificate that the test makes.

use std::sync::Arc;

use ami_proto::testing::ServerScript;
use ami_tokio::action::CoreStatus;
use ami_tokio::{Connector, Credentials};
use tokio::io::DuplexStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::pbx::{drive, script};

/// A PBX behind TLS whose certificate is for this name, and the settings of those who trust it.
fn server(name: &str) -> (TlsAcceptor, Arc<ClientConfig>) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.key_pair.serialize_der()));
    let server = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate.clone()], key);
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let client = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    (TlsAcceptor::from(Arc::new(server.unwrap())), Arc::new(client))
}

fn connector(acceptor: TlsAcceptor, client: Arc<ClientConfig>, name: &'static str) -> Connector {
    let dial = move |_| {
        let (near, far): (DuplexStream, DuplexStream) = tokio::io::duplex(1 << 12);
        let accepted = acceptor.accept(far);
        tokio::spawn(async move {
            if let Ok(stream) = accepted.await {
                drive::<ServerScript>(script(), stream).await;
            }
        });
        std::future::ready(Ok(near))
    };
    let connector = Connector::new("pbx:5039", Credentials::plain("admin", "s3cret")).over(dial);
    connector.tls(client, ServerName::try_from(name).unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_session() {
    let (acceptor, client) = server("pbx.invalid");
    let ami = connector(acceptor, client, "pbx.invalid").connect().await.unwrap();
    assert_eq!(ami.request(CoreStatus::new()).await.unwrap().view().core_current_calls().unwrap(), 3);
    // More than one record, both ways.
    let command = "x".repeat(900);
    for _ in 0..100 {
        ami.command(command.clone()).await.unwrap();
    }
    ami.close().await;
}

/// The secret isn't sent to a server whose certificate is for another name.
#[tokio::test(start_paused = true)]
async fn a_certificate_of_another_name() {
    let (acceptor, client) = server("pbx.invalid");
    let error = connector(acceptor, client, "0ther.invalid").connect().await.unwrap_err();
    let words = error.to_string();
    assert!(words.starts_with("pbx:5039: invalid peer certificate"), "{words}");
}
