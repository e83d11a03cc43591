//! Heads that say two things: for whom they are, or how their body is sent.

use super::client::{Client, get, post, status};
use super::{Door, wide};

#[tokio::test]
async fn a_head_that_names_no_host_two_or_a_user_is_refused_before_any_page() {
    let (door, _) = Door::with(wide()).await;
    for head in [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: door\r\nHost: door\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: user@door\r\n\r\n",
        "GET http://user@door/ HTTP/1.1\r\nHost: door\r\n\r\n",
        "GET http://other/ HTTP/1.1\r\nHost: door\r\n\r\n",
    ] {
        let mut client = Client::at(door.address).await;
        client.send(&(head.to_owned() + get("/").as_str())).await;
        let end = client.end().await;
        assert_eq!((status(&end.text), end.text.matches("HTTP/1.1").count()), ("400", 1), "{head}: {end:?}");
        assert!(end.text.contains("connection: close"), "{head}: {end:?}");
    }
    assert_eq!(door.guests.entered(), 0);
    for head in ["GET / HTTP/1.0\r\n\r\n", "GET http://door/ HTTP/1.1\r\nHost: Door\r\n\r\n"] {
        assert_eq!(status(&Client::at(door.address).await.ask(head).await), "200", "{head}");
    }
}

#[tokio::test]
async fn a_body_in_a_coding_that_nobody_knows_is_refused_before_any_page() {
    let (door, _) = Door::with(wide()).await;
    for (codings, told) in [
        ("Transfer-Encoding: gzip, chunked", "501"),
        ("Transfer-Encoding: identity, chunked", "501"),
        ("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", "501"),
        ("Transfer-Encoding: chunked, chunked", "400"),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "400"),
        ("Transfer-Encoding: chunked, gzip", "400"),
        ("Transfer-Encoding: identity", "400"),
        ("Transfer-Encoding: ", "400"),
    ] {
        let form = post("/", codings) + "5\r\nhello\r\n0\r\n\r\n";
        let old = form.replace("HTTP/1.1", "HTTP/1.0");
        for (form, told) in [(form, told), (old, "400")] {
            let mut client = Client::at(door.address).await;
            client.push((form + get("/smuggled").as_str()).as_bytes()).await;
            let end = client.end().await;
            assert_eq!((status(&end.text), end.text.matches("HTTP/1.").count()), (told, 1), "{codings}: {end:?}");
            assert!(end.text.contains("connection: close"), "{codings}: {end:?}");
        }
    }
    let old = post("/", "Transfer-Encoding: chunked").replace("HTTP/1.1", "HTTP/1.0");
    assert_eq!(status(&Client::at(door.address).await.ask(&old).await), "400");
    assert_eq!(door.guests.entered(), 0);
}
