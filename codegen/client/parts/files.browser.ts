/** @throws Error where the server answers anything else than what was asked for. */
export async function fetched(address: string | URL): Promise<Response> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status} ${response.statusText}`);
  // What many servers give for whatever they have not.
  if (response.headers.get('content-type')?.startsWith('text/html'))
    throw new Error(`${address} answered a web page: is the address right?`);
  return response;
}
