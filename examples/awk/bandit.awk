# A bandit learned by policy gradient with group-relative advantages, in awk alone.
#
# Ten levers; lever k pays 1 with probability pay[k]. The policy is a softmax over theta. A step pulls a group
# of levers; a pull's advantage is its reward less the group's mean, over the group's deviation, as in GRPO
# (arXiv:2402.03300, section 4.1.2). `step` counts pulls, so curves are compared at equal cost.

# Park and Miller's generator (1988) is exact in doubles, the same in every awk, and its whole state is one
# number that a checkpoint can hold; awk's own rand() is none of that.
function uniform() { state = (16807 * state) % 2147483647; return state / 2147483647 }

function softmax(   k, top, sum) {
  top = theta[1]
  for (k = 2; k <= 10; k++) if (theta[k] > top) top = theta[k]
  for (k = 1; k <= 10; k++) sum += policy[k] = exp(theta[k] - top)
  for (k = 1; k <= 10; k++) policy[k] /= sum
}

# One update: every pull of the group moves theta by rate · advantage · ∇ log policy, all at once.
function step(   i, k, u, mean, square, deviation) {
  for (i = 1; i <= group; i++) {
    u = uniform()
    for (k = 1; k < 10 && u >= policy[k]; k++) u -= policy[k]
    lever[i] = k; reward[i] = uniform() < pay[k]
    mean += reward[i] / group; square += reward[i] ^ 2 / group
  }
  deviation = sqrt(square - mean ^ 2 > 0 ? square - mean ^ 2 : 0) + 0.0001
  for (i = 1; i <= group; i++)
    for (k = 1; k <= 10; k++)
      theta[k] += rate * (reward[i] - mean) / deviation * ((k == lever[i]) - policy[k]) / group
  pulls += group; softmax()
}

function say(format, a, b, c) { printf format "\n", a, b, c >> lines; fflush(lines) }

# What the policy is worth, computed and not sampled, and how open its choice is (in nats).
function measure(   k, worth, entropy) {
  for (k = 1; k <= 10; k++) {
    worth += policy[k] * pay[k]
    if (policy[k] > 0) entropy -= policy[k] * log(policy[k])
  }
  say("{\"metric\": \"worth\", \"step\": %d, \"value\": %.17g}", pulls, worth)
  say("{\"metric\": \"entropy\", \"step\": %d, \"value\": %.17g}", pulls, entropy)
}

# The state first, closed; the line that names it afterwards. A kill in between loses nothing.
function checkpoint(   folder, k) {
  folder = ENVIRON["ABLATE_CHECKPOINT_OUT"] "/" pulls
  if (system("mkdir '" folder "'")) exit 1
  for (k = 1; k <= 10; k++) printf "%.17g ", theta[k] > (folder "/state")
  print state, pulls > (folder "/state"); close(folder "/state")
  say("{\"checkpoint\": %d}", pulls); say("{\"progress\": %d, \"of\": %d}", pulls, budget)
}

BEGIN {
  lines = ENVIRON["ABLATE_MEASUREMENTS"]; state = 1000 + 7919 * seed; pulls = 0
  for (k = 1; k <= 10; k++) { theta[k] = 0; pay[k] = 0.3 + 0.05 * k; uniform() }
  if (ENVIRON["ABLATE_RESUMED"]) {
    if ((getline < (ENVIRON["ABLATE_CHECKPOINT_IN"] "/state")) <= 0) exit 1
    for (k = 1; k <= 10; k++) theta[k] = $k
    state = $11; pulls = $12
  }
  softmax()
  if (pulls == 0) measure()
  while (pulls < budget) {
    step()
    if (pulls % 512 == 0 || pulls >= budget) measure()
    if (pulls % 1024 == 0) checkpoint()
  }
}
