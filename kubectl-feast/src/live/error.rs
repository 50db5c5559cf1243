//! Errors of cluster access, and what to do about them.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use feast_render::WrongAnswer;
use kube::Error as ClientError;
use kube::client::AuthError;
use kube::config::KubeconfigError;
use kube::core::Status;

use super::asked::Asked;

/// An error of cluster access.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// There is no kubeconfig at the path.
    #[error(
        "there is no kubeconfig at {}: set --kubeconfig or KUBECONFIG",
        .0.display()
    )]
    NoKubeconfig(PathBuf),
    /// The kubeconfig has no current context.
    #[error(
        "the kubeconfig has no current context: choose one with --context; `kubectl config \
         get-contexts` lists them"
    )]
    NoContext,
    /// There is no such context, cluster or user.
    #[error("the kubeconfig has no {what} `{name}`: `kubectl config view` shows its contents")]
    Unknown {
        /// Context or cluster.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The kubeconfig cannot be parsed. Its contents may be secret.
    #[error("the kubeconfig cannot be read: `kubectl config view` shows the reason")]
    Malformed,
    /// A setting in the kubeconfig cannot be used.
    #[error("the kubeconfig cannot be used: {0}")]
    Kubeconfig(String),
    /// The API server cannot be reached.
    #[error(
        "the API server {server} cannot be reached: {reason}; select another with --context or \
         --kubeconfig"
    )]
    Unreachable {
        /// Its address.
        server: String,
        /// The network error.
        reason: String,
    },
    /// The request timed out.
    #[error(
        "the API server {server} did not answer within {} s: increase --request-timeout",
        .after.as_secs_f32()
    )]
    Late {
        /// Its address.
        server: String,
        /// The timeout.
        after: Duration,
    },
    /// The credential plugin of the kubeconfig fails.
    #[error("no credentials for the API server: {0}")]
    NoCredentials(String),
    /// The credentials are invalid or expired.
    #[error(
        "the API server {0} rejects the credentials of the kubeconfig: log in again, or select \
         another --context or --user"
    )]
    Unauthorized(String),
    /// The user lacks a permission.
    #[error("you may not {0}: ask the cluster's administrator for permission")]
    Forbidden(Asked),
    /// The object does not exist.
    #[error("there is no {0}")]
    NotFound(String),
    /// The cluster has no FeatureStore CRD.
    #[error(
        "the FeatureStore CustomResourceDefinition is not installed in the cluster: install it with \
         `kubectl feast crd | kubectl apply --server-side -f -`"
    )]
    NoDefinition,
    /// Any other error of the API server.
    #[error("the API server refuses to {asked}: {message}")]
    Refused {
        /// The request.
        asked: Asked,
        /// The server's message.
        message: String,
        /// The HTTP status.
        code: u16,
    },
    /// The answer is not JSON.
    #[error("{0} did not answer with JSON: is it an API server?")]
    Gibberish(String),
    /// An object does not match its kind.
    #[error("{0}")]
    Unreadable(String),
    /// A local I/O error.
    #[error("cannot send requests: {0}")]
    Local(#[from] io::Error),
}

impl Error {
    /// The HTTP status, if the API server rejected the request.
    pub(crate) fn code(&self) -> Option<u16> {
        match self {
            Self::Forbidden(_) => Some(403),
            Self::NotFound(_) => Some(404),
            Self::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Converts a client's error about a request.
    pub(super) fn of_request(error: ClientError, asked: &Asked, server: &str) -> Self {
        match error {
            ClientError::Api(status) => Self::of_status(*status, asked, server),
            ClientError::SerdeError(_) | ClientError::FromUtf8(_) => {
                Self::Gibberish(server.to_owned())
            }
            error => Self::of_client(&error, server),
        }
    }

    fn of_status(status: Status, asked: &Asked, server: &str) -> Self {
        match status.code {
            401 => Self::Unauthorized(server.to_owned()),
            // Webhooks and admission plugins use the same code.
            403 if status.message.contains(" cannot ") => Self::Forbidden(asked.clone()),
            404 => Self::NotFound(asked.object()),
            code => Self::Refused {
                asked: asked.clone(),
                message: status.message,
                code,
            },
        }
    }

    /// Converts a client's error about itself or the connection.
    pub(super) fn of_client(error: &ClientError, server: &str) -> Self {
        match error {
            ClientError::Auth(error) => return Self::of_credentials(error),
            ClientError::Service(error) => {
                if let Some(error) = error.downcast_ref::<AuthError>() {
                    return Self::of_credentials(error);
                }
            }
            ClientError::ProxyProtocolDisabled { .. }
            | ClientError::ProxyProtocolUnsupported { .. } => {
                let why = "it sets a proxy that this program does not support".to_owned();
                return Self::Kubeconfig(why);
            }
            _ => {}
        }
        Self::Unreachable {
            server: server.to_owned(),
            reason: root(error),
        }
    }

    /// Arguments and output of the plugin may contain credentials, so they are not shown.
    fn of_credentials(error: &AuthError) -> Self {
        Self::NoCredentials(match error {
            AuthError::AuthExecRun { out, .. } => {
                let said = String::from_utf8_lossy(&out.stderr);
                let said = match said.trim() {
                    "" => String::new(),
                    said => format!(": {said}"),
                };
                format!(
                    "the credential plugin of the kubeconfig failed ({}){said}",
                    out.status
                )
            }
            AuthError::AuthExecStart(error) => {
                let why = root(error);
                format!("the credential plugin of the kubeconfig cannot be run: {why}")
            }
            AuthError::AuthExecParse(_) | AuthError::ParseTokenKey(_) => {
                "the output of the credential plugin of the kubeconfig cannot be parsed".to_owned()
            }
            error => root(error),
        })
    }
}

impl From<WrongAnswer> for Error {
    fn from(error: WrongAnswer) -> Self {
        Self::Unreadable(error.to_string())
    }
}

impl From<KubeconfigError> for Error {
    fn from(error: KubeconfigError) -> Self {
        match error {
            KubeconfigError::ReadConfig(error, path) if error.kind() == io::ErrorKind::NotFound => {
                Self::NoKubeconfig(path)
            }
            KubeconfigError::CurrentContextNotSet => Self::NoContext,
            KubeconfigError::LoadContext(name) => Self::Unknown {
                what: "context",
                name,
            },
            KubeconfigError::LoadClusterOfContext(name) => Self::Unknown {
                what: "cluster",
                name,
            },
            KubeconfigError::Parse(_) => Self::Malformed,
            error => Self::Kubeconfig(error.to_string()),
        }
    }
}

/// The root cause of an error, without the operating system's number.
fn root(error: &(dyn std::error::Error + 'static)) -> String {
    let mut bottom = error;
    while let Some(source) = bottom.source() {
        bottom = source;
    }
    let text = bottom.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}
