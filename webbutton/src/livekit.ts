/** What the button uses of LiveKit's client: a file of its own, loaded when a call begins. */
export { DisconnectReason, Room, RoomEvent, Track } from 'livekit-client';
