# Speech to text on a DGX Spark (aarch64, GB10, sm_121): `tollfree engines stt` with CTranslate2 built for CUDA.
#
#   docker build -f deploy/images/stt.Dockerfile -t tollfree-stt .
#   docker run --gpus all -p 8801:8801 -e TOLLFREE_STT_SERVER_API_KEY -v MODELS:/models tollfree-stt
#
# Not built by this project's checks, which have neither the architecture nor the GPU.

ARG CUDA=13.0.1

FROM nvidia/cuda:${CUDA}-cudnn-devel-ubuntu24.04 AS ctranslate2
# The wheel that PyPI has for aarch64 is for the CPU only. This release is the latest that others report to run on GB10.
ARG CTRANSLATE2=v4.8.1
RUN apt-get update \
    && apt-get install -y --no-install-recommends git build-essential python3-dev python3-venv libopenblas-dev \
    && rm -rf /var/lib/apt/lists/*
# CMake 3: CTranslate2 finds CUDA by a module that CMake 4 no longer has by default.
RUN python3 -m venv /build-tools \
    && /build-tools/bin/pip install --no-cache-dir "cmake==3.31.6" "pybind11==2.11.1" "setuptools==80.9.0" "wheel==0.45.1"
ENV PATH=/build-tools/bin:$PATH
RUN git clone --depth 1 --branch "${CTRANSLATE2}" --recurse-submodules --shallow-submodules \
    https://github.com/OpenNMT/CTranslate2.git /ctranslate2
# CMake's list of architectures does not know 12.1, so its flag is given to nvcc by hand, beside one that it does know.
RUN cmake -S /ctranslate2 -B /ctranslate2/build \
        -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_INSTALL_PREFIX=/opt/ctranslate2 \
        -DBUILD_CLI=OFF \
        -DOPENMP_RUNTIME=COMP \
        -DWITH_MKL=OFF \
        -DWITH_OPENBLAS=ON \
        -DWITH_RUY=ON \
        -DWITH_CUDA=ON \
        -DWITH_CUDNN=ON \
        -DCUDA_ARCH_LIST=9.0 \
        -DCUDA_NVCC_FLAGS=-gencode=arch=compute_121,code=sm_121 \
    && cmake --build /ctranslate2/build --parallel "$(nproc)" --target install
RUN cd /ctranslate2/python \
    && CTRANSLATE2_ROOT=/opt/ctranslate2 python setup.py bdist_wheel --dist-dir /wheels

FROM nvidia/cuda:${CUDA}-cudnn-runtime-ubuntu24.04 AS packages
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
RUN /opt/uv/bin/uv sync --frozen --no-cache --no-default-groups --no-editable
COPY --from=ctranslate2 /wheels /wheels
RUN /opt/uv/bin/uv pip install --no-cache --no-deps --reinstall /wheels/ctranslate2-*.whl

FROM nvidia/cuda:${CUDA}-cudnn-runtime-ubuntu24.04
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 libopenblas0-pthread libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home tollfree \
    && install -d -o tollfree -g tollfree /models
COPY --from=ctranslate2 /opt/ctranslate2/lib /opt/ctranslate2/lib
COPY --from=packages /app/.venv /app/.venv
ENV PATH=/app/.venv/bin:$PATH \
    LD_LIBRARY_PATH=/opt/ctranslate2/lib:$LD_LIBRARY_PATH \
    TOLLFREE_CACHE=/models \
    TOLLFREE_HOME=/home/tollfree/.tollfree \
    TOLLFREE_STT_SERVER_HOST=0.0.0.0 \
    TOLLFREE_STT_SERVER_PORT=8801 \
    TOLLFREE_STT_SERVER_DEVICE=cuda \
    TOLLFREE_STT_SERVER_COMPUTE_TYPE=float16
USER tollfree
VOLUME /models
EXPOSE 8801
# Beyond loopback the server does not start without TOLLFREE_STT_SERVER_API_KEY.
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python3", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['TOLLFREE_STT_SERVER_PORT']}/health\", timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["tollfree", "engines", "stt"]
