# syntax=docker/dockerfile:1
# The operator and the plugin, each a static program (musl) on a base image without a shell and a
# libc, for linux/amd64 and linux/arm64, cross-compiled on the build machine. From the root of the
# repository:
#
#   docker buildx build --target feast-operator --platform linux/amd64,linux/arm64 \
#     --tag registry.example.com/feast-operator:0.1.0 --push .
#
# and the same with the target kubectl-feast.
FROM --platform=$BUILDPLATFORM rust:1.95-slim-bookworm AS build
ARG TARGETARCH
ENV CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER=x86_64-linux-gnu-gcc \
    CC_x86_64_unknown_linux_musl=x86_64-linux-gnu-gcc \
    CFLAGS_x86_64_unknown_linux_musl="-specs /usr/lib/x86_64-linux-musl/musl-gcc.specs" \
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER=aarch64-linux-gnu-gcc \
    CC_aarch64_unknown_linux_musl=aarch64-linux-gnu-gcc \
    CFLAGS_aarch64_unknown_linux_musl="-specs /usr/lib/aarch64-linux-musl/musl-gcc.specs"
# Any version of the compiler and of musl's headers will do. The compiler needs its recommended
# packages.
# hadolint ignore=DL3008,DL3015
RUN set -eu; \
    case "$TARGETARCH" in \
        amd64) machine=x86_64 compiler=gcc-x86-64-linux-gnu ;; \
        arm64) machine=aarch64 compiler=gcc-aarch64-linux-gnu ;; \
        *) echo "no image for $TARGETARCH" >&2; exit 1 ;; \
    esac; \
    dpkg --add-architecture "$TARGETARCH"; \
    apt-get update; \
    apt-get install --yes "$compiler" "musl-dev:$TARGETARCH"; \
    rm -rf /var/lib/apt/lists/*; \
    rustup target add "$machine-unknown-linux-musl"; \
    echo "$machine-unknown-linux-musl" >/target
WORKDIR /source
COPY . .

FROM build AS build-operator
RUN set -eu; \
    target=$(cat /target); \
    cargo build --profile dist-unwind --locked --package feast-operator --target "$target"; \
    mv "target/$target/dist-unwind/feast-operator" /feast-operator

FROM build AS build-plugin
RUN set -eu; \
    target=$(cat /target); \
    cargo build --profile dist --locked --package kubectl-feast --target "$target"; \
    mv "target/$target/dist/kubectl-feast" /kubectl-feast

FROM gcr.io/distroless/static-debian12:nonroot AS kubectl-feast
COPY --from=build-plugin /kubectl-feast /usr/local/bin/kubectl-feast
USER 65532:65532
# Mount point for the files to check.
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/kubectl-feast"]
CMD ["--help"]

FROM gcr.io/distroless/static-debian12:nonroot AS feast-operator
COPY --from=build-operator /feast-operator /feast-operator
USER 65532:65532
ENTRYPOINT ["/feast-operator"]
CMD ["run"]
