-- wrk script: wrk ... -s rotate.lua URL -- FILE START
-- FILE holds requests, each as a line "HEAD TAIL" (two lengths) and that many bytes. They are sent in turn, again and
-- again; where TAIL is not 0, a number of ten digits that grows from START stands between the two pieces.
local heads, tails, at, number = {}, {}, 0, 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  number = tonumber(args[2])
  for line in function() return file:read("*l") end do
    local head, tail = line:match("^(%d+) (%d+)$")
    heads[#heads + 1] = file:read(tonumber(head))
    tails[#tails + 1] = tonumber(tail) > 0 and file:read(tonumber(tail)) or false
  end
  file:close()
end

function request()
  at = at % #heads + 1
  if not tails[at] then return heads[at] end
  number = number + 1
  return heads[at] .. string.format("%010d", number) .. tails[at]
end

-- wrk counts a status above 399 as an error.
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('RESULT {"requests": %d, "seconds": %.6f, "p50": %d, "p99": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
    e.status, e.connect + e.read + e.write + e.timeout))
end
