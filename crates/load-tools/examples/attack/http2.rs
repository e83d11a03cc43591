//! An HTTP/2 client by hand, since those that are made well take what they ask for.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const PING: u8 = 6;

/// A first flight that asks for a page so many times, and lets not one byte of it be sent.
pub(crate) fn unread(host: &str, path: &str, cookies: &str, times: u32) -> Vec<u8> {
    let initial_window_size_0 = [0, 4, 0, 0, 0, 0];
    let mut bytes = [PREFACE, &frame(SETTINGS, 0, 0, &initial_window_size_0)].concat();
    let mut fields = vec![0x82, 0x86]; // GET, http
    for (name, value) in [(&[0x04][..], path), (&[0x01], host), (&[0x0f, 0x11], cookies)] {
        fields.extend(name);
        fields.extend(text(value));
    }
    for stream in 0..times {
        bytes.extend(frame(HEADERS, 0x5, 2 * stream + 1, &fields)); // it ends the head and the request
    }
    bytes
}

/// Says that it is still there when it is asked, until the server closes.
pub(crate) async fn hold_on(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
    let (mut head, mut body) = ([0; 9], vec![0; 1 << 24]);
    while from.read_exact(&mut head).await.is_ok() {
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        if from.read_exact(&mut body[..length]).await.is_err() {
            return;
        }
        let is_asked = head[3] == PING && head[4] == 0;
        if is_asked && to.write_all(&frame(PING, 1, 0, &body[..length])).await.is_err() {
            return;
        }
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A string as HPACK has it, without Huffman's code (RFC 7541, 5.2).
fn text(value: &str) -> Vec<u8> {
    let mut length = value.len();
    let mut bytes = Vec::new();
    if length < 127 {
        bytes.push(u8::try_from(length).unwrap_or(0));
    } else {
        bytes.push(127);
        length -= 127;
        while length >= 128 {
            bytes.push(u8::try_from(length % 128).unwrap_or(0) | 128);
            length /= 128;
        }
        bytes.push(u8::try_from(length).unwrap_or(0));
    }
    bytes.extend(value.as_bytes());
    bytes
}
