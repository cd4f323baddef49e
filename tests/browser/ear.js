// Listens to every sound that the page plays, in the order in which the sounds began.
(() => {
  const loud = 0.01; // root mean square; a room's silence is under a tenth of it
  const every = 40;
  const voices = [];
  let context;

  function streamOf(element) {
    if (element.srcObject) return element.srcObject;
    if (!element.paused) element.captured ??= element.captureStream();
    return element.captured;
  }

  function take(element) {
    const stream = streamOf(element);
    if (!stream?.getAudioTracks().length) return;
    context ??= new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 2048 });
    context.createMediaStreamSource(stream).connect(analyser);
    voices.push({ element, analyser, samples: new Float32Array(2048), heard: 0 });
  }

  // The call button has its sounds in a shadow tree.
  const sounding = () =>
    [document, ...[...document.querySelectorAll('[data-tollfree]')].map((host) => host.shadowRoot)].flatMap((root) => [
      ...(root?.querySelectorAll('audio') ?? []),
    ]);

  setInterval(() => {
    for (const element of sounding())
      if (!voices.some((voice) => voice.element === element)) take(element);
    for (const voice of voices) {
      voice.analyser.getFloatTimeDomainData(voice.samples);
      const power = voice.samples.reduce((sum, one) => sum + one * one, 0) / voice.samples.length;
      const plays = !voice.element.paused && !voice.element.muted && voice.element.volume > 0;
      if (plays && Math.sqrt(power) > loud) voice.heard += 1;
    }
  }, every);

  window.heard = () => voices.map((voice) => voice.heard);
})();
