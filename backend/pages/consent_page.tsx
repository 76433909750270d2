import type { Permission } from "../oauth/scopes.ts";
import { Layout, type Problem } from "./layout.tsx";
import type { PermissionWords } from "./permission_words.ts";
import { dayWord, DURATIONS } from "./words.ts";

/** What the consent page shows. */
export interface ConsentProps {
  readonly words: PermissionWords;
  readonly form: string;
  readonly signOutToken: string;
  readonly oauthQuery: string;
  readonly email: string;
  readonly appName: string;
  /** In words, where the answer goes. */
  readonly place: string;
  /** Host that vouches for the app, when it is known by a document there. */
  readonly vouchedBy: string | undefined;
  readonly isKnown: boolean;
  readonly registeredAt: Date;
  /** What the app asked for. */
  readonly permissions: readonly Permission[];
  readonly spaces: readonly { readonly id: string; readonly name: string }[];
  /** Whether "all" may be chosen: an app that named spaces gets no more than those. */
  readonly canHaveAllSpaces: boolean;
  readonly chosen: ConsentFields;
  readonly problems?: readonly Problem[];
}

/** What is ticked. */
export interface ConsentFields {
  readonly permissions: readonly string[];
  readonly where: "all" | "some";
  readonly spaces: readonly string[];
  readonly until: string;
}

/** Where a person decides what an app may do. */
export function ConsentPage(props: ConsentProps) {
  const { appName, chosen, problems = [] } = props;
  return (
    <Layout title={`Connect “${appName}” to Mana?`} problems={problems} signOutToken={props.signOutToken}>
      <p>
        You are signed in as{" "}
        <strong>{props.email}</strong>. If you go on, this app can work with your Mana data. What it sees
        leaves Mana and goes to the app.
      </p>
      <WhoAsks {...props} />
      <form method="post" action="/consent">
        <input type="hidden" name="form" value={props.form} />
        <input type="hidden" name="q" value={props.oauthQuery} />
        <fieldset id="permissions" tabindex={-1}>
          <legend>What may it do?</legend>
          <p class="soft">Tick only what it needs. You can change this later.</p>
          {props.words.byModule(props.permissions).map(({ name, label, permissions }) => (
            <fieldset key={name}>
              <legend>{label}</legend>
              {permissions.map((one) => (
                <label class="choice">
                  <input
                    type="checkbox"
                    name="allow"
                    value={one}
                    checked={chosen.permissions.includes(one)}
                  />
                  {props.words.access(one)}
                </label>
              ))}
            </fieldset>
          ))}
        </fieldset>
        <Where {...props} />
        <fieldset id="until" tabindex={-1}>
          <legend>Until when?</legend>
          {DURATIONS.map(({ name, words }) => (
            <label class="choice line" key={name}>
              <input type="radio" name="until" value={name} checked={chosen.until === name} />
              {words}
            </label>
          ))}
        </fieldset>
        <p class="buttons">
          <button type="submit" name="answer" value="yes">Allow</button>
          <button type="submit" name="answer" value="no" class="second">Do not allow</button>
        </p>
      </form>
    </Layout>
  );
}

function WhoAsks({ appName, place, vouchedBy, isKnown, registeredAt }: ConsentProps) {
  return (
    <section aria-labelledby="who">
      <h2 id="who">Who is asking?</h2>
      <dl>
        <dt>It calls itself</dt>
        <dd>{appName}</dd>
        <dt>It is at</dt>
        <dd>{place}</dd>
        <dt>Known?</dt>
        <dd>
          {isKnown
            ? "You have connected it before."
            : `New: you have never connected it. It first came here on ${dayWord(registeredAt)}.`}
        </dd>
      </dl>
      <p>
        {vouchedBy === undefined
          ? "Any app can give itself any name. Go on only if you have just asked an app to connect to Mana."
          : `${vouchedBy} says that this is its app. Go on only if you have just asked it to connect to Mana.`}
      </p>
    </section>
  );
}

function Where({ spaces, chosen, canHaveAllSpaces }: ConsentProps) {
  return (
    <fieldset id="where" tabindex={-1}>
      <legend>In which spaces?</legend>
      {canHaveAllSpaces
        ? (
          <>
            <label class="choice line">
              <input type="radio" name="where" value="all" checked={chosen.where === "all"} />
              All my spaces, also those I join later
            </label>
            <label class="choice line">
              <input type="radio" name="where" value="some" checked={chosen.where === "some"} />
              Only the ones I tick here:
            </label>
          </>
        )
        : <input type="hidden" name="where" value="some" />}
      {spaces.map(({ id, name }) => (
        <label class="choice" key={id}>
          <input type="checkbox" name="space" value={id} checked={chosen.spaces.includes(id)} />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
