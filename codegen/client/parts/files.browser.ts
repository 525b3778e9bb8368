/** @throws Error where the server answers anything else than what was asked for. */
export async function fetched(address: string | URL): Promise<Response> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status} ${response.statusText}`);
  return response;
}
