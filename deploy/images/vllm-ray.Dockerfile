# vLLM with Ray, which its images leave out, for one model across two machines.
#
#   docker build -f deploy/images/vllm-ray.Dockerfile -t tollfree-vllm-ray deploy/spark/ray
#
# Not built by this project's checks, which have no Docker.

ARG VLLM_IMAGE=vllm/vllm-openai:v0.33.0
FROM ${VLLM_IMAGE}
ARG RAY=2.60.0
RUN python3 -m pip install --no-cache-dir "ray==${RAY}"
COPY --chmod=755 head worker /usr/local/lib/tollfree/
ENTRYPOINT ["/usr/local/lib/tollfree/head"]
