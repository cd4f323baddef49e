/** The visitor's microphone, or a sentence that says why not. */
import { Refused } from './api';

const WHY: Record<string, string> = {
  NotAllowedError: 'The microphone was refused. Allow it for this page in your browser, then try again.',
  SecurityError: 'The microphone was refused. Allow it for this page in your browser, then try again.',
  NotFoundError: 'No microphone was found. Connect one, then try again.',
  NotReadableError: 'The microphone is in use by another program. Close that, then try again.',
};

export async function microphone(devices: MediaDevices | undefined = navigator.mediaDevices): Promise<MediaStream> {
  if (!devices?.getUserMedia) {
    throw new Refused('This page cannot use a microphone: that needs https and a current browser.');
  }
  try {
    return await devices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch (error) {
    const name = error instanceof Error || error instanceof DOMException ? error.name : '';
    throw new Refused(WHY[name] ?? 'The microphone cannot be used. Check it, then try again.');
  }
}
