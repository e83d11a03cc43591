//! Request heads that name no host, two, or one with a user.

use super::client::{Client, get, status};
use super::{TestServer, unlimited};

#[tokio::test]
async fn missing_second_or_differing_host_gets_400_before_the_endpoint() {
    let server = TestServer::start(unlimited()).await;
    for head in [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n",
        "GET http://user@a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n",
    ] {
        let mut client = Client::connect(server.address).await;
        client.send(&(head.to_owned() + get("/").as_str())).await;
        let end = client.end().await;
        assert_eq!((status(&end.text), end.text.matches("HTTP/1.1").count()), ("400", 1), "{head}: {end:?}");
        assert!(end.text.contains("connection: close"), "{head}: {end:?}");
        assert!(end.text.contains("content-security-policy: default-src 'none'"), "{head}: {end:?}");
    }
    assert_eq!(server.requests.begun(), 0);
    for head in ["GET / HTTP/1.0\r\n\r\n", "GET http://a/ HTTP/1.1\r\nHost: A\r\n\r\n"] {
        assert_eq!(status(&Client::connect(server.address).await.exchange(head).await), "200", "{head}");
    }
}
