//! URLs.

mod escape;
mod parse;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Cost, Overload};
use crate::cel::fault::Fault;
use crate::cel::types::{Opaque, Type as T};
use crate::cel::value::{Entries, Key, Text, Value};
pub(crate) use parse::Url;
pub(super) use parse::check_request;

const URL: T = T::Opaque(Opaque::Url);

pub(super) fn overloads() -> Vec<Overload> {
    let query = || T::map(T::String, T::list(T::String));
    let part = |function, id, run| Overload::member(function, id, [URL], T::String, run);
    vec![
        Overload::new(
            "url",
            "string_to_url",
            [T::String],
            URL,
            try_run!(|String(text)| url(text)),
        )
        .costs(Cost::TRANSFORM),
        part(
            "getScheme",
            "url_get_scheme",
            run!(|Url(url)| url.scheme().to_owned()),
        ),
        part("getHost", "url_get_host", run!(|Url(url)| url.host())),
        part(
            "getHostname",
            "url_get_hostname",
            run!(|Url(url)| url.host_and_port().0),
        ),
        part(
            "getPort",
            "url_get_port",
            run!(|Url(url)| url.host_and_port().1),
        ),
        part(
            "getEscapedPath",
            "url_get_escaped_path",
            run!(|Url(url)| url.escaped_path()),
        ),
        Overload::member(
            "getQuery",
            "url_get_query",
            [URL],
            query(),
            run!(|Url(url)| query_of(url)),
        ),
        Overload::new(
            "isURL",
            "is_url_string",
            [T::String],
            T::Bool,
            run!(|String(text)| check_request(text).is_ok()),
        ),
    ]
}

/// An absolute URL, which may have a fragment.
fn url(text: &str) -> Result<Arc<Url>, Fault> {
    let parsed = check_request(text).and_then(|()| Url::parse(text));
    parsed.map(Arc::new).map_err(|reason| {
        Fault::text(format!(
            "URL parse error during conversion from string: {reason}"
        ))
    })
}

impl From<Arc<Url>> for Value<'_> {
    fn from(url: Arc<Url>) -> Self {
        Self::Url(url)
    }
}

fn query_of<'a>(url: &Url) -> Entries<'a> {
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, value) in url.query() {
        values.entry(key).or_default().push(value);
    }
    let entry = |(key, values): (String, Vec<String>)| {
        let key = Key::String(Text::Made(key.into()));
        (key, Ok(Value::from(values)))
    };
    values.into_iter().map(entry).collect()
}
