//! Why a cluster gives no answer, and what to do about it.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use feast_render::WrongAnswer;
use kube::Error as ClientError;
use kube::client::AuthError;
use kube::config::KubeconfigError;
use kube::core::Status;

use super::asked::Asked;

/// Why a cluster gives no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// There is no kubeconfig where one is looked for.
    #[error(
        "there is no kubeconfig at {}: name one with --kubeconfig or KUBECONFIG",
        .0.display()
    )]
    NoKubeconfig(PathBuf),
    /// No context is chosen.
    #[error(
        "the kubeconfig has no current context: choose one with --context; `kubectl config \
         get-contexts` lists them"
    )]
    NoContext,
    /// There is no such context, cluster or user.
    #[error("the kubeconfig has no {what} `{name}`: `kubectl config view` shows what it has")]
    Unknown {
        /// Context or cluster.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The kubeconfig is no kubeconfig. What it says may be secret.
    #[error("the kubeconfig cannot be read: `kubectl config view` says why")]
    Malformed,
    /// Something that the kubeconfig names cannot be used.
    #[error("the kubeconfig cannot be used: {0}")]
    Kubeconfig(String),
    /// Nobody answers.
    #[error(
        "the API server {server} cannot be reached: {reason}; --context and --kubeconfig name \
         another"
    )]
    Unreachable {
        /// Its address.
        server: String,
        /// What the network says.
        reason: String,
    },
    /// The answer is late.
    #[error(
        "the API server {server} did not answer within {} s: --request-timeout has it wait longer",
        .after.as_secs_f32()
    )]
    Late {
        /// Its address.
        server: String,
        /// How long it was waited for.
        after: Duration,
    },
    /// What the kubeconfig says to run gives no credentials.
    #[error("there are no credentials for the API server: {0}")]
    NoCredentials(String),
    /// The credentials are not, or no longer, good.
    #[error(
        "the API server {0} does not accept the credentials of the kubeconfig: log in again, or \
         name another --context or --user"
    )]
    Unauthorized(String),
    /// A right is lacking.
    #[error("you may not {0}: whoever runs the cluster can give you the right")]
    Forbidden(Asked),
    /// It is not there.
    #[error("there is no {0}")]
    NotFound(String),
    /// The cluster knows no FeatureStores.
    #[error(
        "the cluster has no FeatureStores, as their CustomResourceDefinition is not installed: \
         `kubectl feast crd | kubectl apply --server-side -f -` does it"
    )]
    NoDefinition,
    /// Anything else that the server says.
    #[error("the API server refuses to {asked}: {message}")]
    Refused {
        /// What it was asked.
        asked: Asked,
        /// Its words.
        message: String,
        /// The HTTP status.
        code: u16,
    },
    /// The answer is none.
    #[error("the API server {0} answers with something else than JSON: is it one?")]
    Gibberish(String),
    /// An object that is not what its kind says.
    #[error("{0}")]
    Unreadable(String),
    /// This computer does not play along.
    #[error("no request can be made: {0}")]
    Local(#[from] io::Error),
}

impl Error {
    /// The code of the server's refusal, if it is one.
    pub(crate) fn code(&self) -> Option<u16> {
        match self {
            Self::Forbidden(_) => Some(403),
            Self::NotFound(_) => Some(404),
            Self::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// What a client says about a request.
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
            // The same code is that of webhooks and admission plugins.
            403 if status.message.contains(" cannot ") => Self::Forbidden(asked.clone()),
            404 => Self::NotFound(asked.object()),
            code => Self::Refused {
                asked: asked.clone(),
                message: status.message,
                code,
            },
        }
    }

    /// What a client says of itself and of its connection.
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
                let why = "it names a proxy, which this program cannot use".to_owned();
                return Self::Kubeconfig(why);
            }
            _ => {}
        }
        Self::Unreachable {
            server: server.to_owned(),
            reason: root(error),
        }
    }

    /// What a program is given and prints may be credentials, and so is not shown.
    fn of_credentials(error: &AuthError) -> Self {
        Self::NoCredentials(match error {
            AuthError::AuthExecRun { out, .. } => {
                let said = String::from_utf8_lossy(&out.stderr);
                let said = match said.trim() {
                    "" => String::new(),
                    said => format!(": {said}"),
                };
                format!(
                    "the program that the kubeconfig names for them fails ({}){said}",
                    out.status
                )
            }
            AuthError::AuthExecStart(error) => {
                let why = root(error);
                format!("the program that the kubeconfig names for them cannot be run: {why}")
            }
            AuthError::AuthExecParse(_) | AuthError::ParseTokenKey(_) => {
                "what the program that the kubeconfig names for them prints is not understood"
                    .to_owned()
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

/// What is at the bottom of an error, without the operating system's number.
fn root(error: &(dyn std::error::Error + 'static)) -> String {
    let mut bottom = error;
    while let Some(source) = bottom.source() {
        bottom = source;
    }
    let text = bottom.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}
