//! Free ports, for a program that cannot choose its own and report it.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// Ports that nothing listens on at 127.0.0.1 now. Another program may take one before the caller's does, which then fails.
///
/// # Errors
/// The system has no free port.
pub fn free_ports<const COUNT: usize>() -> io::Result<[u16; COUNT]> {
    let mut ports = [0; COUNT];
    let mut listeners = Vec::new(); // all are open until the last one is, so that they differ
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        *port = listener.local_addr()?.port();
        listeners.push(listener);
    }
    Ok(ports)
}
