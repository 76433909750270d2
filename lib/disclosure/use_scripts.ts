// What the shared store decides about a grant, each as one step for all gateways, by the server's clock. The hour is counted in slots of
// five minutes, the day in hours, as grant_use.ts has them; what a call reserves is counted at once and given back when it is over. A
// count never falls below nothing: what was given back may have been lost with the store.
import { defineStoreScript } from "../nodes/shared_store.ts";
import { DISCLOSURE_SLOT_MS } from "../kit/limits.ts";

const COUNTING = `
local SLOT, HOUR, DAY = ${DISCLOSURE_SLOT_MS}, 3600000, 86400000
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function add(name, by)
  by = tonumber(by)
  if by ~= 0 and redis.call('HINCRBY', KEYS[1], name, by) < 0 then redis.call('HSET', KEYS[1], name, 0) end
end
local NAMES = { 'hr', 'hf', 'hb', 'hs', 'hl', 'dr', 'df', 'db' }
local function addAll(slot, hour, first)
  for i, name in ipairs(NAMES) do
    local at = string.sub(name, 1, 1) == 'h' and slot or hour
    add(string.sub(name, 1, 1) .. at .. string.sub(name, 2), ARGV[first + i - 1])
  end
  redis.call('PEXPIRE', KEYS[1], DAY + 2 * HOUR)
end
`;

/**
 * Reserves. Key: the counts. Arguments: records, records ahead, searches, rows to look at, 1 for more text of counted records; the
 * limits in the order of NAMES; what has to be left so that records are reserved ahead; what is counted late, in the order of NAMES.
 *
 * Returns 1 where a limit is reached, records reserved, records reserved ahead, the slot and the hour, what is left then of records,
 * searches and rows to look at, the time; and all counts, where not everything was granted. Counts of a time that lies ahead come from a
 * server whose clock went before this one's: they count from now on, and would else count until that time has come and gone.
 */
export const TAKE = defineStoreScript(`${COUNTING}
local slot, hour = math.floor(now / SLOT), math.floor(now / HOUR)
addAll(slot, hour, 15)
local limit, used = {}, {}
for i, name in ipairs(NAMES) do limit[name] = tonumber(ARGV[5 + i]) used[name] = 0 end
local all, live, old = redis.call('HGETALL', KEYS[1]), {}, {}
for i = 1, #all, 2 do
  local window, number, counted = string.match(all[i], '^(%a)(%d+)(%a)$')
  local latest = window == 'h' and slot or hour
  local ends = window == 'h' and (number + 1) * SLOT + HOUR or (number + 1) * HOUR + DAY
  local isAhead = tonumber(number) > latest
  if isAhead or now >= ends then old[#old + 1] = all[i] end
  if isAhead or now < ends then
    local name = isAhead and window .. latest .. counted or all[i]
    if isAhead then add(name, all[i + 1]) end
    used[window .. counted] = used[window .. counted] + all[i + 1]
    live[#live + 1] = name
    live[#live + 1] = tonumber(all[i + 1])
  end
end
for i = 1, #old do redis.call('HDEL', KEYS[1], old[i]) end
local want, ahead = tonumber(ARGV[1]), tonumber(ARGV[2])
local searches, looked, isMore = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5] == '1'
local isSpent = used.hf >= limit.hf or used.hb >= limit.hb or used.df >= limit.df or used.db >= limit.db
local left = isSpent and 0 or math.max(0, math.min(limit.hr - used.hr, limit.dr - used.dr))
local isRefused = (searches > 0 and used.hs >= limit.hs) or (looked > 0 and used.hl >= limit.hl) or (isMore and isSpent)
if isRefused then want, searches, looked = 0, 0, 0 end
local granted = math.min(want, left)
if isRefused or granted < want or left - granted - ahead < tonumber(ARGV[14]) then ahead = 0 end
add('h' .. slot .. 'r', granted + ahead)
add('d' .. hour .. 'r', granted + ahead)
add('h' .. slot .. 's', searches)
add('h' .. slot .. 'l', looked)
redis.call('PEXPIRE', KEYS[1], DAY + 2 * HOUR)
if not isRefused and granted == want then live = {} end
return { isRefused and 1 or 0, granted, ahead, slot, hour, left - granted - ahead, limit.hs - used.hs - searches,
  limit.hl - used.hl - looked, now, live }
`);

/** Adds to the counts of a slot and an hour, or of now where the slot is -1; negative counts are given back. In the order of NAMES. */
export const SETTLE = defineStoreScript(`${COUNTING}
local slot, hour = ARGV[1], ARGV[2]
if slot == '-1' then slot, hour = math.floor(now / SLOT), math.floor(now / HOUR) end
addAll(slot, hour, 3)
return 1
`);

/** Sets marks that last for the first argument's milliseconds. Key: the marks. */
export const TELL_TAINT = defineStoreScript(`
local clock = redis.call('TIME')
local until_ = clock[1] * 1000 + math.floor(clock[2] / 1000) + ARGV[1]
for i = 2, #ARGV do redis.call('HSET', KEYS[1], ARGV[i], until_) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
`);

/**
 * The marks that last. Key: the marks. Argument: how long one lasts, in milliseconds; a mark that would last longer is of a server whose
 * clock went before, and lasts so long from now on.
 */
export const READ_TAINT = defineStoreScript(`
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local latest = now + ARGV[1]
local all, live = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #all, 2 do
  local until_ = tonumber(all[i + 1])
  if now < until_ then live[#live + 1] = all[i] else redis.call('HDEL', KEYS[1], all[i]) end
  if until_ > latest then redis.call('HSET', KEYS[1], all[i], latest) end
end
return live
`);
