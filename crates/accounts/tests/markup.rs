//! Escaping: every text that a visitor types is shown as text.

use accounts::test_kit::{TestClient, TestResponse};

use crate::common::{Service, browser_post, escaped};

/// Texts that broke out of an attribute, an element or a template in some software.
const HOSTILE: [&str; 42] = [
    "<script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "\"><script>alert(1)</script>",
    "'><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</form><form action=//evil.example>",
    "</p></main><script>alert(1)</script>",
    "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)",
    "\" autofocus onfocus=alert(1) x=\"",
    "` onmouseover=`alert(1)",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)//",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<iframe src=javascript:alert(1)>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<link rel=stylesheet href=//evil.example>",
    "<style>*{background:url(//evil.example)}</style>",
    "<!-- ",
    "-->",
    "<![CDATA[x]]>",
    "<?php echo 1 ?>",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "${7*7}",
    "&lt;script&gt;",
    "&amp;amp;",
    "&#60;script&#62;",
    "&#x3c;b&#x3e;",
    "a & b < c > d \" e ' f / g ` h",
    "<b",
    "<",
    "javascript:alert(1)",
    "\u{202e}tpircs\u{202c}",
    "\u{200b}\u{feff}",
    "＜script＞alert(1)＜/script＞",
    "x\u{1b}[31mred",
    "'; DROP TABLE users; --",
    "%3Cscript%3E%0d%0a",
];

/// Asserts that a page has no element, attribute or form action from the text.
fn assert_clean(page: &TestResponse, text: &str) {
    for selector in ["script", "img", "svg", "iframe", "base", "style", "link", "b", "a[href^=javascript]"] {
        assert!(
            page.attributes(selector, "src").is_empty() && page.texts(selector).is_empty(),
            "{selector}: {text}: {}",
            page.html
        );
    }
    for handler in ["onmouseover", "onfocus", "onerror", "onload"] {
        assert!(page.texts(&format!("[{handler}]")).is_empty(), "{text}: {}", page.html);
    }
    assert_eq!(page.attributes("meta", "http-equiv"), [] as [&str; 0], "{text}");
    assert!(page.attributes("form", "action").iter().all(|action| action.starts_with('/')), "{text}: {}", page.html);
}

/// The text in the field of a form, which has one line: HTML allows no control character.
fn shown(text: &str) -> String {
    text.replace("\r\n", " ").replace(['\r', '\n', '\t'], " ").replace(['\u{1b}', '\u{202c}', '\u{202e}'], "")
}

async fn post(visitor: &TestClient, path: &str, fields: &[(&str, &str)]) -> TestResponse {
    browser_post(visitor, path, fields).await
}

#[tokio::test]
async fn form_field_shows_hostile_text_escaped() {
    let service = Service::start().await;
    let visitor = service.visitor();
    for text in HOSTILE {
        let page = post(&visitor, "/register", &[("username", text), ("email", text), ("password", text)]).await;
        assert_eq!(page.status, 422, "{text}");
        assert_clean(&page, text);
        let shown = shown(text);
        assert_eq!(page.attributes("#username, #email", "value"), [shown.clone(), shown.clone()]);
        let page = post(&visitor, "/login", &[("email", text), ("password", text)]).await;
        assert_clean(&page, text);
        assert_eq!(page.attributes("#email", "value"), [shown]);
    }
}

#[tokio::test]
async fn flash_title_and_resubmitted_form_are_escaped() {
    let service = Service::start().await;
    let visitor = service.ada().await;
    let collapsed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for text in HOSTILE {
        post(&visitor, "/echo", &[("text", text)]).await;
        let page = visitor.get("/").await;
        assert_clean(&page, text);
        assert_eq!(page.texts(".flash"), [collapsed(text)]);
        let page = post(&visitor, "/title", &[("text", text)]).await;
        assert_clean(&page, text);
        assert_eq!(page.texts("title"), [collapsed(text)]);
        let page = post(&visitor, "/echo", &[("csrf_token", text), (text, text)]).await;
        assert_clean(&page, text);
        assert_eq!(page.form("/echo").last(), Some(&(shown(text), shown(text))));
    }
}

#[tokio::test]
async fn next_field_is_escaped() {
    let service = Service::start().await;
    let visitor = service.visitor();
    for text in HOSTILE {
        let query = escaped(&format!("/home?q={text}"));
        let page = visitor.get(&format!("/login?next={query}")).await;
        assert_eq!(page.status, 200);
        assert_clean(&page, text);
        let next = page.attributes("[name=next]", "value").concat();
        assert!(next.is_empty() || next.starts_with("/home"), "{next}");
    }
}

#[tokio::test]
async fn no_value_splits_a_response_header() {
    let service = Service::start().await;
    let visitor = service.ada().await;
    for text in [
        "a\r\nSet-Cookie: eve=1",
        "a\nX-Eve: 1",
        "a\r\n\r\n<h1>eve</h1>",
        "a\u{85}X-Eve: 1",
        "a\u{2028}X-Eve: 1",
        "a;eve=1, eve",
    ] {
        let page = post(&visitor, "/echo", &[("text", text)]).await;
        assert_eq!(page.status, 303);
        assert!(
            page.headers.iter().all(|(name, value)| {
                !name.as_str().contains("eve") && !String::from_utf8_lossy(value.as_bytes()).contains("eve")
            }),
            "{:?}",
            page.headers
        );
        let shown = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(visitor.get("/").await.texts(".flash"), [shown]);
    }
}
