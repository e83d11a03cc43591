//! Connections to the proxy over TLS, each from an address of this machine that the caller chooses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::PUBLIC_HOST;

/// A connection over TLS.
pub type ProxyStream = TlsStream<TcpStream>;

/// Connects to a proxy.
#[derive(Clone)]
pub struct ProxyClient {
    port: u16,
    connector: TlsConnector,
}

impl ProxyClient {
    pub(super) fn new(port: u16, certificate: &Path) -> anyhow::Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(certificate)?)?;
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        Ok(Self { port, connector: TlsConnector::from(Arc::new(config)) })
    }

    /// Connects from `source`, the address by which the proxy knows the client.
    ///
    /// # Errors
    /// The machine does not have the address, or the proxy does not accept the connection.
    pub async fn connect(&self, source: IpAddr) -> anyhow::Result<ProxyStream> {
        let (socket, proxy) = match source {
            IpAddr::V4(_) => (TcpSocket::new_v4()?, IpAddr::V4(Ipv4Addr::LOCALHOST)),
            IpAddr::V6(_) => (TcpSocket::new_v6()?, IpAddr::V6(Ipv6Addr::LOCALHOST)),
        };
        socket.bind(SocketAddr::new(source, 0))?;
        let stream = socket.connect(SocketAddr::new(proxy, self.port)).await?;
        stream.set_nodelay(true)?;
        Ok(self.connector.connect(ServerName::try_from(PUBLIC_HOST)?, stream).await?)
    }
}
