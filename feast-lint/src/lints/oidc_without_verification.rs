use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::patch;

pub(crate) static LINT: Lint = Lint {
    name: "oidc-without-verification",
    group: Group::Security,
    level: Level::Deny,
    since: "0.1.0",
    summary: "an OIDC provider whose certificate is not verified",
    docs: Docs {
        why: "Whoever is on the way to the provider can hand the servers keys of their own, and \
              then tokens.",
        sources: &["https://docs.feast.dev/getting-started/concepts/permission"],
        example: r#"
spec:
  feastProject: credit_scoring
  authz: {oidc: {issuerUrl: "https://login.example.com", verifySSL: false}}
"#,
        instead: "Verify, with `caCertConfigMap` for an authority of your own.",
        mended: r#"
spec:
  feastProject: credit_scoring
  authz: {oidc: {issuerUrl: "https://login.example.com", caCertConfigMap: {name: ca}}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let oidc = cx.spec().oidc();
    if oidc.is_some_and(|oidc| oidc.verify_ssl == Some(false)) {
        let path = FieldPath::of("spec.authz.oidc.verifySSL");
        let fix = vec![patch::remove(&path)];
        out.add(path, "the certificate of the provider is not verified")
            .help("remove it; for an authority of your own set `caCertConfigMap`")
            .fix(fix);
    }
}
