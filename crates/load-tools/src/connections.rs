//! The TCP connections of a port on this machine, read from Linux's `/proc`.

use std::fs;

use anyhow::Context as _;

/// The states of a socket that no program holds any more, or that only listens: TIME_WAIT and LISTEN, as the kernel numbers them.
const NOT_CONNECTED: [&str; 2] = ["06", "0A"];

/// How many connections the server at a port of an IPv4 address still holds, also half closed.
///
/// # Errors
/// The system has no `/proc`.
pub fn count_connections(port: u16) -> anyhow::Result<usize> {
    let sockets = fs::read_to_string("/proc/net/tcp").context("the system has no /proc/net/tcp")?;
    Ok(sockets.lines().filter(|line| is_connection(line, port)).count())
}

/// Whether a line is a connection whose own end has the port.
fn is_connection(line: &str, port: u16) -> bool {
    let columns: Vec<_> = line.split_whitespace().take(4).collect();
    let [_, own, _, state] = columns[..] else { return false };
    own.ends_with(&format!(":{port:04X}")) && !NOT_CONNECTED.contains(&state)
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn connection_counts_until_the_server_closes_it() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        assert_eq!(count_connections(address.port()).unwrap(), 0, "it only listens");
        let client = TcpStream::connect(address).unwrap();
        let (server, _) = listener.accept().unwrap();
        assert_eq!(count_connections(address.port()).unwrap(), 1);
        drop(client);
        assert_eq!(count_connections(address.port()).unwrap(), 1, "half closed");
        drop(server);
        assert_eq!(count_connections(address.port()).unwrap(), 0);
    }
}
