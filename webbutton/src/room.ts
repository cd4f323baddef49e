/** A call's room on LiveKit. Everything that needs its client is here, and loaded when a call begins. */
import type * as LiveKit from 'livekit-client';
import type { Ticket } from './api';

declare const __LIVEKIT__: string;

export interface RoomEvents {
  /** The agent's sound is there. */
  answered(): void;
  caption(segment: string, mine: boolean, text: string): void;
  /** `lost`: by no one's wish. */
  ended(lost: boolean): void;
  /** The browser holds the sound back until the visitor presses something. */
  silent(held: boolean): void;
}

export interface Room {
  mute(muted: boolean): void;
  sound(): void;
  leave(): void;
}

export type Join = (ticket: Ticket, microphone: MediaStream, sounds: ParentNode, events: RoomEvents) => Promise<Room>;

const CAPTIONS = 'lk.transcription';
const SEGMENT = 'lk.segment_id';

/** `beside`: the address of this script, whose folder holds LiveKit's client. */
export function joinWith(beside: string): Join {
  return async (ticket, microphone, sounds, events) => {
    const livekit = (await import(/* @vite-ignore */ new URL(__LIVEKIT__, beside).href)) as typeof LiveKit;
    return await join(livekit, ticket, microphone, sounds, events);
  };
}

async function join(
  livekit: typeof LiveKit,
  ticket: Ticket,
  microphone: MediaStream,
  sounds: ParentNode,
  events: RoomEvents,
): Promise<Room> {
  const { DisconnectReason, Room, RoomEvent, Track } = livekit;
  const room = new Room();
  const wished = [DisconnectReason.CLIENT_INITIATED, DisconnectReason.ROOM_DELETED, DisconnectReason.ROOM_CLOSED];
  room.on(RoomEvent.TrackSubscribed, (track) => {
    if (track.kind !== Track.Kind.Audio) return;
    sounds.append(track.attach());
    events.answered();
  });
  room.on(RoomEvent.TrackUnsubscribed, (track) => track.detach().forEach((element) => element.remove()));
  room.on(RoomEvent.AudioPlaybackStatusChanged, () => events.silent(!room.canPlaybackAudio));
  room.on(RoomEvent.Disconnected, (reason) => events.ended(reason === undefined || !wished.includes(reason)));
  room.registerTextStreamHandler(CAPTIONS, (reader, from) => {
    const segment = reader.info.attributes?.[SEGMENT] ?? reader.info.id;
    const mine = from.identity === room.localParticipant.identity;
    void reader.readAll().then(
      (text) => events.caption(segment, mine, text),
      () => undefined, // a caption that broke off
    );
  });
  await room.connect(ticket.url, ticket.token);
  const track = microphone.getAudioTracks()[0];
  if (track) await room.localParticipant.publishTrack(track, { source: Track.Source.Microphone });
  await room.startAudio().catch(() => events.silent(true));
  return {
    mute: (muted) => microphone.getAudioTracks().forEach((one) => (one.enabled = !muted)),
    sound: () => void room.startAudio(),
    leave: () => void room.disconnect(),
  };
}
