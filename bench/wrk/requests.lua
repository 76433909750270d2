-- Makes wrk send the requests of a file, one after the other and over and over, and print one line of JSON at the end.
-- The file holds each whole request behind its length: `<bytes>\n<request>`. Written by `write_requests.ts`.
-- Arguments: the file; milliseconds up to which each connection waits before each request, not measured, 0 for none.

local requests = {}
local sent = 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  while true do
    local bytes = file:read("*n")
    if bytes == nil then break end
    file:read(1)
    requests[#requests + 1] = file:read(bytes)
  end
  file:close()
  local pause = tonumber(args[2])
  -- wrk sends without a timer when there is no such function.
  if pause > 0 then
    function delay()
      return math.random(0, pause)
    end
  end
end

function request()
  sent = sent + 1
  return requests[(sent - 1) % #requests + 1]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%f,"bytes":%d,"p50Ms":%f,"p99Ms":%f,"refused":%d,"broken":%d,"late":%d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write, errors.timeout))
end
