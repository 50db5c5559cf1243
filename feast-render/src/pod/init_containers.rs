//! Init containers, which create the feature repository.

use k8s_openapi::api::core::v1::{Container, EnvVar};

use super::{env, script};
use crate::context::Context;
use crate::error::Error;
use crate::server::ServerType;

/// The order in which the settings of servers are collected.
const GATHERED: [ServerType; 3] = [
    ServerType::Registry,
    ServerType::Online,
    ServerType::Offline,
];

const PACKAGED_VARIABLE: &str = "FEAST_PACKAGED_FEATURE_REPO_PATH";
const STAGED_VARIABLE: &str = "FEAST_STAGED_FEATURE_REPO_PATH";

pub(super) fn init_containers(context: &Context<'_>, document: &EnvVar) -> Vec<Container> {
    if !context.services.has_init_containers() {
        return Vec::new();
    }
    let image = Some(context.init_image()).filter(|image| !image.is_empty());
    let mut containers = vec![Container {
        image: image.clone(),
        ..init(context, document)
    }];
    if context.services.run_feast_apply_on_init == Some(true) {
        containers.push(Container {
            image,
            ..apply(context)
        });
    }
    containers
}

/// The container that creates the feature repository.
fn init(context: &Context<'_>, document: &EnvVar) -> Container {
    let dir = context.applied.feast_project_dir.as_ref();
    let git = dir.and_then(|dir| dir.git.as_ref());
    let mut variables = vec![document.clone()];
    if let Some(packaged) = context.packaged_path() {
        variables.push(env::variable(PACKAGED_VARIABLE, packaged));
        variables.push(env::variable(
            STAGED_VARIABLE,
            context.made_repository_path(),
        ));
    }
    env::extend(
        &mut variables,
        git.and_then(|git| git.env.clone()).unwrap_or_default(),
    );
    Container {
        name: "feast-init".to_owned(),
        command: Some(vec!["bash".to_owned(), "-c".to_owned()]),
        args: Some(vec![script::init(context)]),
        env: Some(variables),
        env_from: git.and_then(|git| git.env_from.clone()),
        working_dir: Some(context.root().to_owned()),
        ..Container::default()
    }
}

/// The container that runs `feast apply`, with the servers' settings for reaching their stores.
fn apply(context: &Context<'_>) -> Container {
    let mut container = Container {
        name: "feast-apply".to_owned(),
        command: Some(vec!["feast".to_owned(), "apply".to_owned()]),
        working_dir: Some(context.repository_path()),
        ..Container::default()
    };
    for server in GATHERED
        .into_iter()
        .filter_map(|server_type| context.server(server_type))
    {
        let settings = &server.settings;
        if !settings.env.is_empty() {
            env::extend(
                container.env.get_or_insert_default(),
                settings.env.iter().cloned(),
            );
        }
        if !settings.env_from.is_empty() {
            let sources = container.env_from.get_or_insert_default();
            sources.extend_from_slice(settings.env_from);
        }
        for mount in settings.volume_mounts {
            let mounts = container.volume_mounts.get_or_insert_default();
            if mounts
                .iter()
                .all(|existing| existing.mount_path != mount.mount_path)
            {
                mounts.push(mount.clone());
            }
        }
    }
    container
}

/// Rejects a packaged repository that overlaps with its copy.
pub(super) fn check_packaged_path(context: &Context<'_>) -> Result<(), Error> {
    let Some(packaged) = context.packaged_path() else {
        return Ok(());
    };
    if !context.services.has_init_containers() {
        return Ok(());
    }
    if !is_canonical(packaged) {
        return Err(Error::PackagedPath {
            path: packaged.to_owned(),
        });
    }
    let staged = context.made_repository_path();
    if contains(packaged, &staged) || contains(&staged, packaged) {
        return Err(Error::PackagedPathOverlaps {
            packaged: packaged.to_owned(),
            staged,
        });
    }
    Ok(())
}

/// Whether a path is absolute, canonical, and not the root.
fn is_canonical(path: &str) -> bool {
    let Some(rest) = path.strip_prefix('/') else {
        return false;
    };
    rest.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// Whether `path` is `folder` or inside it.
fn contains(folder: &str, path: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packaged_path_is_absolute_and_canonical() {
        assert!(is_canonical("/opt/repo"));
        for path in [
            "",
            "/",
            "opt",
            "/opt/",
            "/opt//repo",
            "/opt/./repo",
            "/opt/../repo",
        ] {
            assert!(!is_canonical(path), "{path}");
        }
    }
}
