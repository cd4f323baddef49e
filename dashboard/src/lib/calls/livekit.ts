/** The only place that knows livekit-client. Import it with `import()`: it weighs more than the rest of a page. */
import { Room, RoomEvent, Track, type RemoteTrack } from 'livekit-client';
import type { Schema } from '$lib/api';
import type { JoinedRoom, RoomEvents } from './voice.svelte';

export async function joinRoom(way: Schema<'WayIn'>, events: RoomEvents): Promise<JoinedRoom> {
  const room = new Room();
  const sounds = new Map<RemoteTrack, HTMLMediaElement>();
  let left = false;

  const company = () => events.company(room.remoteParticipants.size > 0);
  room
    .on(RoomEvent.TrackSubscribed, (track) => {
      if (track.kind !== Track.Kind.Audio) return;
      const element = track.attach();
      document.body.append(element);
      sounds.set(track, element);
    })
    .on(RoomEvent.TrackUnsubscribed, (track) => {
      track.detach();
      sounds.get(track)?.remove();
      sounds.delete(track);
    })
    .on(RoomEvent.ParticipantConnected, company)
    .on(RoomEvent.ParticipantDisconnected, company)
    .on(RoomEvent.AudioPlaybackStatusChanged, () => events.sound(room.canPlaybackAudio))
    .on(RoomEvent.ActiveSpeakersChanged, (speakers) =>
      events.speaking(
        speakers.some((one) => one.isLocal),
        speakers.some((one) => one.isAgent),
        speakers.some((one) => !one.isLocal && !one.isAgent),
      ),
    )
    .on(RoomEvent.Disconnected, (reason) => {
      for (const element of sounds.values()) element.remove();
      if (!left) events.ended(String(reason ?? ''));
    });

  room.registerTextStreamHandler('lk.transcription', async (stream) => {
    const { 'lk.segment_id': segment = '', 'lk.transcription_final': final } = stream.info.attributes ?? {};
    const text = await stream.readAll().catch(() => ''); // it broke off with the connection
    events.words(segment.startsWith('caller-') ? 'caller' : 'agent', text, final === 'true');
  });
  await room.connect(way.url, way.token);
  company();
  events.sound(room.canPlaybackAudio);
  return {
    setMicrophone: async (on) => void (await room.localParticipant.setMicrophoneEnabled(on)),
    allowSound: () => room.startAudio(),
    leave: async () => {
      left = true;
      await room.disconnect();
    },
  };
}
