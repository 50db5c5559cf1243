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
        why: "Anyone on the network path to the provider can give the servers their own keys, \
              and then forge tokens.",
        sources: &["https://docs.feast.dev/getting-started/concepts/permission"],
        example: r#"
spec:
  feastProject: credit_scoring
  authz: {oidc: {issuerUrl: "https://login.example.com", verifySSL: false}}
"#,
        instead: "Verify the certificate; for your own CA, set `caCertConfigMap`.",
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
        out.add(path, "the provider's certificate is not verified")
            .help("remove it; for your own CA, set `caCertConfigMap`")
            .fix(fix);
    }
}
