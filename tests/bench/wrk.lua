-- Prints what a run did in a form a program can read. BENCH_DEPTH > 1 sends so many requests at once on each connection.
local depth = tonumber(os.getenv("BENCH_DEPTH") or "1")

if depth > 1 then
  local batch
  function init()
    batch = wrk.format():rep(depth)
  end
  function request()
    return batch
  end
end

function done(summary, latency)
  local errors = summary.errors
  print(("bench requests %d"):format(summary.requests))
  print(("bench bytes %d"):format(summary.bytes))
  print(("bench seconds %.6f"):format(summary.duration / 1e6))
  print(("bench failed %d"):format(errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
