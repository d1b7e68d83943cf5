// What every scenario starts with: Livepeer's SDK as published, pointed at the server and key of the command line.
import { Livepeer } from "livepeer";

const [url, apiKey] = process.argv.slice(2);

export const livepeer = new Livepeer({ apiKey, serverURL: `${url}/api` });

export const clip = {
  playbackId: "eaw4nk06ts2d0mzb",
  startTime: 1587667174725,
  endTime: 1587667184725,
  name: "My Clip",
};

/** The error a call throws, as plain data; null when it throws none. */
export async function thrown(call) {
  try {
    await call();
    return null;
  } catch (error) {
    return { name: error.name, status: error.statusCode, body: error.body, errors: error.errors };
  }
}

export const print = (value) => console.log(JSON.stringify(value));
