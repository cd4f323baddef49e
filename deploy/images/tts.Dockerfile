# Voices as a server: `tollfree engines tts`.
#
#   docker build -f deploy/images/tts.Dockerfile -t tollfree-tts .                                # on the CPU
#   docker build -f deploy/images/tts.Dockerfile --build-arg DEVICE=cuda -t tollfree-tts:cuda .   # Kokoro by torch
#   docker run -p 8802:8802 -e TOLLFREE_TTS_SERVER_API_KEY -v MODELS:/models tollfree-tts
#   docker run --gpus all -p 8802:8802 -e TOLLFREE_TTS_SERVER_API_KEY -v MODELS:/models tollfree-tts:cuda
#
# For x86-64 and aarch64. On a DGX Spark torch must be a wheel for aarch64 and CUDA 13, whose code runs on its GB10: where
# the package index has none, give the address of torch's own index with --build-arg TORCH_INDEX=….
# Not built by this project's checks, which have neither Docker nor a GPU.

ARG DEVICE=cpu

FROM ubuntu:24.04 AS packages
ARG DEVICE
ARG UV=0.13.9
ARG TORCH_INDEX=""
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && python3 -m venv /opt/uv \
    && /opt/uv/bin/pip install --no-cache-dir "uv==${UV}"
WORKDIR /app
COPY pyproject.toml uv.lock README.md LICENSE ./
COPY tollfree tollfree
ENV UV_LINK_MODE=copy UV_PYTHON=/usr/bin/python3
RUN /opt/uv/bin/uv sync --frozen --no-cache --no-default-groups --no-editable
RUN if [ "${DEVICE}" = cuda ]; then \
        /opt/uv/bin/uv pip install --no-cache ${TORCH_INDEX:+--index "${TORCH_INDEX}"} torch \
        && /opt/uv/bin/uv pip install --no-cache "kokoro>=0.9.4,<1"; \
    fi

# torch's wheels carry CUDA's libraries, so the driver, which `--gpus` brings in, is all that is needed besides.
FROM ubuntu:24.04
ARG DEVICE
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home tollfree \
    && install -d -o tollfree -g tollfree /models
COPY --from=packages /app/.venv /app/.venv
ENV PATH=/app/.venv/bin:$PATH \
    TOLLFREE_CACHE=/models \
    TOLLFREE_HOME=/home/tollfree/.tollfree \
    TOLLFREE_TTS_SERVER_HOST=0.0.0.0 \
    TOLLFREE_TTS_SERVER_PORT=8802 \
    TOLLFREE_TTS_SERVER_VOICE=kokoro:af_heart \
    TOLLFREE_TTS_SERVER_DEVICE=${DEVICE}
USER tollfree
VOLUME /models
EXPOSE 8802
# Beyond loopback the server does not start without TOLLFREE_TTS_SERVER_API_KEY.
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python3", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['TOLLFREE_TTS_SERVER_PORT']}/health\", timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["tollfree", "engines", "tts"]
